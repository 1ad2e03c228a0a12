/** Sets of jobs by name: those that the system has by itself, and those that jobs were put in. */

import type { Caller } from '../../../auth/caller.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { JobField, TextField } from '../../../job/field.ts'
import type { Filter } from '../../../job/filter.ts'

type Jobs = Pick<Engine['jobs'], 'query'>

/** Sets whose names begin so hold the jobs whose field equals the rest of the name (Sets Overview; tutorial 2024.1, nc_list.py). */
const FAMILIES: readonly (readonly [prefix: string, field: TextField])[] = [
  ['System:User:', 'user'],
  ['Class:', 'jobclass'],
]

const EVERYTHING = ['System:jobs', 'System:nodes']

/** Which jobs a set holds; undefined where there is no such set. A user or class without jobs is an empty set. */
export async function setNamed(name: string, jobs: Jobs, caller: Caller): Promise<Filter<JobField> | undefined> {
  if (EVERYTHING.some((known) => known.toLowerCase() === name.toLowerCase())) return { kind: 'all' }
  for (const [prefix, field] of FAMILIES) {
    if (!name.toLowerCase().startsWith(prefix.toLowerCase()) || name.length === prefix.length) continue
    return { kind: 'compare', field, operator: 'equal', values: [name.slice(prefix.length)] }
  }
  const filter: Filter<JobField> = { kind: 'compare', field: 'setName', operator: 'equal', values: [name] }
  return (await holdsAny(filter, jobs, caller)) ? filter : undefined
}

async function holdsAny(filter: Filter<JobField>, jobs: Jobs, caller: Caller): Promise<boolean> {
  const { count, batches } = await jobs.query(caller, { fields: ['id'], filter, order: [], limit: 1 })
  for await (const _ of batches) if (count > 0) return true
  return count > 0
}

/** Every set that holds a job, with how many it holds; one pass over the jobs. */
export async function countSets(jobs: Jobs, caller: Caller): Promise<Map<string, number>> {
  const fields: TextField[] = [...FAMILIES.map(([, field]) => field), 'setName']
  const prefixes = [...FAMILIES.map(([prefix]) => prefix), '']
  const { count, batches } = await jobs.query(caller, { fields, filter: { kind: 'all' }, order: [] })
  const counts = new Map(EVERYTHING.map((name) => [name, count]))
  for await (const batch of batches) {
    for (const row of batch) countRow(counts, row, prefixes)
  }
  return counts
}

function countRow(counts: Map<string, number>, row: readonly unknown[], prefixes: readonly string[]): void {
  for (const [index, prefix] of prefixes.entries()) {
    if (row[index] === '' || row[index] === null) continue
    const name = `${prefix}${row[index]}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
}
