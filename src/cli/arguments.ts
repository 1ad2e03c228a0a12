/**
 * Options as VOV writes them (`-kill 60`, `-wl`, `-r RAM/500 unix`) turned into those that commander reads (`--kill=60`),
 * from the command's own list of options.
 */

import type { Command, Option } from 'commander'
import { nearestOf } from '../base/nearest.ts'
import { UsageError } from './failure.ts'

export interface Normalising {
  options: readonly Option[]
  /** The first word that is no option begins a command, which stays as it is (`nc run sleep -x`). */
  commandFollows: boolean
}

/** The command's own options, and its help, which commander keeps apart. */
export function optionsOf(command: Command): Option[] {
  return [...command.options, command.createOption('-h, --help', 'show this help')]
}

/** @throws UsageError for an unknown option, with the nearest known one, and for a missing value */
export function normalise(words: readonly string[], { options, commandFollows }: Normalising): string[] {
  const known = tableOf(options)
  const out: string[] = []
  for (let at = 0; at < words.length; ) {
    const word = words[at]!
    if (word === '--') return [...out, ...words.slice(at)]
    if (!looksLikeOption(word)) {
      if (commandFollows) return [...out, '--', ...words.slice(at)]
      out.push(word)
      at += 1
      continue
    }
    const { texts, used } = readOption(words, at, known)
    out.push(...texts)
    at += used
  }
  return out
}

function looksLikeOption(word: string): boolean {
  return /^--?[A-Za-z]/.test(word)
}

type Known = ReadonlyMap<string, Option>

/** Options by their names without dashes; `-v` and `--version` are two names. */
function tableOf(options: readonly Option[]): Known {
  const known = new Map<string, Option>()
  for (const option of options) {
    for (const flag of [option.short, option.long]) if (flag) known.set(flag.replace(/^--?/, ''), option)
  }
  return known
}

/** One option with its values, and how many words it took. */
function readOption(words: readonly string[], at: number, known: Known): { texts: string[]; used: number } {
  const [, name = '', inline] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(words[at]!) ?? []
  const option = known.get(name)
  if (!option) throw unknownOption(words[at]!, nearestOf(name, known.keys()))
  const flag = option.long ?? option.short!
  if (inline !== undefined) return { texts: [`${flag}=${inline}`], used: 1 }
  if (option.variadic) return readMany(words, at, flag)
  if (!option.required) return { texts: [flag], used: 1 }
  const value = words[at + 1]
  if (value === undefined || value === '--') throw new UsageError(`option -${name} needs a value: ${option.flags}`)
  return { texts: [`${flag}=${value}`], used: 2 }
}

/** The words up to the next option or `--`. */
function readMany(words: readonly string[], at: number, flag: string): { texts: string[]; used: number } {
  let end = at + 1
  while (end < words.length && words[end] !== '--' && !looksLikeOption(words[end]!)) end += 1
  const values = words.slice(at + 1, end)
  if (values.length === 0) throw new UsageError(`option -${flag.replace(/^--?/, '')} needs at least one value`)
  return { texts: values.map((value) => `${flag}=${value}`), used: end - at }
}

function unknownOption(word: string, near: string | undefined): UsageError {
  return new UsageError(`unknown option ${word}${near ? `; did you mean -${near}?` : ''}`)
}
