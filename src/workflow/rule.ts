/** Which filter rule takes a path that discovery found (spec/hub.md 4.2). */

import { matchesAny } from './glob.ts'
import type { PathEntry } from './path-entry.ts'
import type { FilterRule } from './workflow.ts'

/** What every rule takes of a batch, by its index; a path may be taken by several rules, `default` gets what none took. */
export function sortByRule(rules: readonly FilterRule[], entries: readonly PathEntry[]): Map<number, PathEntry[]> {
  const taken = new Map<number, PathEntry[]>()
  for (const entry of entries) {
    for (const index of rulesFor(rules, entry)) {
      const list = taken.get(index)
      if (list) list.push(entry)
      else taken.set(index, [entry])
    }
  }
  return taken
}

function rulesFor(rules: readonly FilterRule[], entry: PathEntry): number[] {
  const indexes = [...rules.keys()]
  const named = indexes.filter((index) => rules[index]!.state !== 'default' && takes(rules[index]!, entry))
  if (named.length > 0) return named
  return indexes.filter((index) => rules[index]!.state === 'default' && takes(rules[index]!, entry))
}

function takes({ type, state, include, exclude }: FilterRule, entry: PathEntry): boolean {
  if (type !== 'all' && type !== entry.type) return false
  if (state !== 'all' && state !== 'default' && state !== entry.state) return false
  if (include.length > 0 && !matchesAny(include, entry.path)) return false
  return !matchesAny(exclude, entry.path)
}
