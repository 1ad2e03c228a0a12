/** Which jobs of a list are wanted, and in which order (spec/hub.md 2.6). */

import type { RunFilter, RunListing } from '../../../engine/workflow/workflows.ts'
import { choicesOf, flagOf, numbersOf, type Query, readAll, timeOf, wordsOf } from '../query.ts'
import { readRunState } from '../words.ts'

/** Names of workflows as they were written. @throws Refused naming the parameters */
export function readFilter(query: Query): RunFilter {
  const { ids, sites, states, workflows, queues, owners, createdFrom, createdBefore } = readAll({
    ids: () => numbersOf(query, 'id'),
    sites: () => wordsOf(query, 'site'),
    states: () => choicesOf(query, 'state', readRunState),
    workflows: () => wordsOf(query, 'type', 'workflow'),
    queues: () => wordsOf(query, 'queue'),
    owners: () => wordsOf(query, 'owner'),
    createdFrom: () => timeOf(query, 'created_after'),
    createdBefore: () => timeOf(query, 'created_before'),
  })
  return {
    ...some('ids', ids),
    ...some('sites', sites),
    ...some('states', states),
    ...some('workflows', workflows),
    ...some('queues', queues),
    ...some('owners', owners),
    ...instant('createdFrom', createdFrom),
    ...instant('createdBefore', createdBefore),
    ...(flagOf(query, 'hide_noop') && { hideNoop: true }),
  }
}

function some<Name extends keyof RunFilter, Value>(name: Name, values: readonly Value[]) {
  return values.length === 0 ? {} : { [name]: values }
}

function instant<Name extends keyof RunFilter>(name: Name, at: number | undefined) {
  return at === undefined ? {} : { [name]: at }
}

const FIELDS: Readonly<Record<string, RunListing['order']['field']>> = {
  id: 'id',
  created: 'created',
  state: 'state',
  type: 'workflow',
  workflow: 'workflow',
  site: 'site',
  owner: 'owner',
}

/** The newest first; a word that names no order is passed over, as in the original. */
export function readOrder(query: Query): RunListing['order'] {
  const [word = ''] = wordsOf(query, 'ordering')
  const descending = word.startsWith('-')
  const name = descending ? word.slice(1) : word
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name]! : undefined
  return field ? { field, descending } : { field: 'id', descending: true }
}

/** For documentation: what a list can be narrowed by. */
export const FILTERS = {
  id: 'Numbers of jobs; this and the next five may be repeated, or hold several words with commas.',
  site: 'Where the job was started.',
  state: 'PENDING, STARTED, SUCCESS, … in any case.',
  type: 'The workflow; `workflow` is the same.',
  queue: 'The queue.',
  owner: 'Who submitted it.',
  created_after: 'A time in ISO 8601.',
  created_before: 'A time in ISO 8601.',
  hide_noop: '`true` leaves out jobs that had nothing to do.',
  ordering: 'id, created, state, type, site or owner; with `-` the other way round. `-id` where nothing is said.',
}
