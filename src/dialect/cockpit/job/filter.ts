/** The filters of a list of runs: those of 1.5 (spec/cockpit.md 1.6), and ours, each a row of one table. */

import { DomainError } from '../../../base/errors.ts'
import { ALL, and, type Filter } from '../../../job/filter.ts'
import { RECORD_STATES } from '../../../job/record.ts'
import type { RecordField } from '../../../job/record-field.ts'
import { invalidValue, type Query, type Range, readNumber, readRange, valuesOf } from '../query.ts'
import { isRecordState } from '../words.ts'

type RecordFilter = Filter<RecordField>

/** What the values of one parameter ask for; the first value alone where the reference looks at no other. */
type FilterOf = (values: readonly string[]) => RecordFilter

export const FILTERS: Readonly<Record<string, FilterOf>> = {
  state: (values) => {
    if (!values.every(isRecordState)) throw invalidValue('state', RECORD_STATES.join(', '))
    return anyOf('state', values)
  },
  project: ([first]) => anyOf('project', [first!]),
  cluster: ([first]) => anyOf('cluster', [first!]),
  'start-time': ([first]) => between('startedAt', inMs(readRange(first!, 'start-time'))),
  subcluster: (values) => anyOf('subCluster', values),
  partition: (values) => anyOf('partition', values),
  user: (values) => anyOf('user', values),
  jobId: (values) => anyOf('jobId', numbers(values, 'jobId')),
  arrayJobId: (values) => anyOf('arrayJobId', numbers(values, 'arrayJobId')),
  duration: ([first]) => between('durationMs', inMs(readRange(first!, 'duration'))),
  'num-nodes': ([first]) => between('numNodes', readRangeOrNumber(first!, 'num-nodes')),
  'num-hwthreads': ([first]) => between('numHwthreads', readRangeOrNumber(first!, 'num-hwthreads')),
  'num-acc': ([first]) => between('numAcc', readRangeOrNumber(first!, 'num-acc')),
  host: (values) => anyOf('host', values),
  node: (values) => anyOf('host', values),
  /** `TYPE:NAME`; of several all must be there. */
  tag: (values) => and(...values.map((value) => anyOf('tag', [checkedTag(value)]))),
  'job-name': (values) => contains('jobName', values),
  /** `METRIC_STAT:FROM-TO` of the footprint: `cpu_load_avg:0-10`. */
  stat: (values) => and(...values.map(readStat)),
  search: (values) => and(...values.map(readSearch)),
}

/** @throws invalid, naming the parameter */
export function readFilter(query: Query): RecordFilter {
  const asked = Object.keys(query).filter((name) => Object.hasOwn(FILTERS, name))
  return and(...asked.map((name) => FILTERS[name]!(boundedValues(query, name))))
}

/** Of a list that is looked up, and of conditions that stand one beside the other. */
const MOST_VALUES = 1000
const MOST_CONDITIONS = 50
const CONDITIONS = ['tag', 'job-name', 'stat', 'search']

/** @throws invalid for more than a database takes */
function boundedValues(query: Query, name: string): readonly string[] {
  const values = valuesOf(query, name)
  const most = CONDITIONS.includes(name) ? MOST_CONDITIONS : MOST_VALUES
  if (values.length <= most) return values
  throw new DomainError('invalid', `${name} may be given at most ${most} times`)
}

const numbers = (values: readonly string[], name: string) => values.map((value) => readNumber(value, name))

function anyOf(field: RecordField, values: readonly (string | number)[]): RecordFilter {
  return { kind: 'compare', field, operator: 'equal', values }
}

function contains(field: RecordField, values: readonly string[]): RecordFilter {
  return { kind: 'compare', field, operator: 'containsCaseless', values }
}

function between(field: RecordField, { from, to }: Range): RecordFilter {
  return and(
    { kind: 'compare', field, operator: 'greaterOrEqual', values: [from] },
    { kind: 'compare', field, operator: 'lessOrEqual', values: [to] },
  )
}

/** Whole seconds as they are shown: up to the last millisecond of the later. */
function inMs({ from, to }: Range): Range {
  return { from: from * 1000, to: to * 1000 + 999 }
}

function readRangeOrNumber(text: string, name: string): Range {
  if (text.includes('-')) return readRange(text, name)
  const number = readNumber(text, name, 'a whole number, or two as FROM-TO')
  return { from: number, to: number }
}

function checkedTag(value: string): string {
  if (value.includes(':')) return value
  throw invalidValue('tag', 'TYPE:NAME')
}

const STAT = /^([A-Za-z0-9_.%-]{1,100}):(\d{1,15}(?:\.\d{1,9})?)-(\d{1,15}(?:\.\d{1,9})?)$/

function readStat(value: string): RecordFilter {
  const [, name, from, to] = STAT.exec(value.slice(0, 200)) ?? []
  if (name === undefined) throw invalidValue('stat', 'NAME:FROM-TO')
  return between(`footprint.${name}`, { from: Number(from), to: Number(to) })
}

/** A number is looked for among the ids, any text in names. */
function readSearch(text: string): RecordFilter {
  if (text.trim() === '') return ALL
  const inNames = (['jobName', 'user', 'project'] as const).map((field) => contains(field, [text.trim()]))
  const number = /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined
  const inIds = number === undefined ? [] : (['jobId', 'arrayJobId'] as const).map((field) => anyOf(field, [number]))
  return { kind: 'or', of: [...inIds, ...inNames] }
}
