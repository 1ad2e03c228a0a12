/** What a list of runs is asked for: filters, order, page. */

import { DomainError } from '../../../base/errors.ts'
import type { RecordListing } from '../../../engine/record/records.ts'
import type { RecordField } from '../../../job/record-field.ts'
import { firstOf, invalidValue, type Query, readPositive, refuseUnknown, valuesOf } from '../query.ts'
import { FILTERS, readFilter } from './filter.ts'

export interface PageRequest extends RecordListing {
  page: number
  items: number
  withMetaData: boolean
}

const STANDARD_ITEMS = 25

const OF_PAGE = ['page', 'items-per-page', 'with-metadata', 'with-total', 'sort']

/** `also` are parameters that only this route has. @throws invalid, naming the parameter */
export function readPage(query: Query, also: readonly string[] = []): PageRequest {
  refuseUnknown(query, [...Object.keys(FILTERS), ...OF_PAGE, ...also])
  const page = readPositive(query, 'page', 1)
  const items = readPositive(query, 'items-per-page', STANDARD_ITEMS)
  return {
    filter: readFilter(query),
    order: readOrder(valuesOf(query, 'sort')),
    offset: Math.min((page - 1) * items, Number.MAX_SAFE_INTEGER),
    limit: items,
    withTotal: firstOf(query, 'with-total') === 'true',
    page,
    items,
    // Its presence alone counts, whatever it says (spec/cockpit.md 1.6).
    withMetaData: firstOf(query, 'with-metadata') !== undefined,
  }
}

/** By the names that a run's fields have in answers. */
const SORTABLE: Readonly<Record<string, RecordField>> = {
  id: 'id',
  jobId: 'jobId',
  arrayJobId: 'arrayJobId',
  cluster: 'cluster',
  subCluster: 'subCluster',
  partition: 'partition',
  project: 'project',
  user: 'user',
  jobState: 'state',
  numNodes: 'numNodes',
  numHwthreads: 'numHwthreads',
  numAcc: 'numAcc',
  startTime: 'startedAt',
  walltime: 'walltimeMs',
  duration: 'durationMs',
  energy: 'energy',
  jobName: 'jobName',
}

const MOST_ORDERS = 4

/** `duration,-numNodes`: a minus for the greatest first. */
function readOrder(values: readonly string[]): RecordListing['order'] {
  const words = values.flatMap((value) => value.slice(0, 500).split(',')).filter((word) => word !== '')
  if (words.length > MOST_ORDERS) throw new DomainError('invalid', `sort takes at most ${MOST_ORDERS} fields`)
  return words.map((word) => {
    const descending = word.startsWith('-')
    return { field: sortField(descending ? word.slice(1) : word), descending }
  })
}

function sortField(name: string): RecordField {
  if (Object.hasOwn(SORTABLE, name)) return SORTABLE[name]!
  if (/^footprint\.[A-Za-z0-9_.%-]{1,100}$/.test(name)) return name as RecordField
  const known = Object.keys(SORTABLE).join(', ')
  throw invalidValue('sort', `${known} or footprint.NAME`)
}
