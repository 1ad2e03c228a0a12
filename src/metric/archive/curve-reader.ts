/** `data.json` made curves: only those that are wanted are read (spec/cockpit.md 3.3). Runs on the decoder's thread. */

import { gunzipSync } from 'node:zlib'
import {
  type JobMetric,
  SCOPES,
  type Scope,
  type Series,
  type Statistics,
  type StatisticsSeries,
  type Unit,
} from '../metric.ts'
import { statisticsOf } from '../statistics.ts'
import { membersOf, type Span } from './json-scan.ts'

/** All where absent. */
export interface Wanted {
  metrics?: readonly string[]
  scopes?: readonly Scope[]
}

/** A data.json in memory, with the place of each metric in it. */
export interface Document {
  bytes: Buffer
  places: readonly Place[]
}

interface Place extends Span {
  metric: string
  scope: Scope
}

const GZIP_MAGIC = 0x8b1f
/** A day of 1000 nodes with 20 metrics at 60 s has 200 MB; more is taken for a bomb. */
const MOST_BYTES = 2 ** 30
/** The reference's own files always say it. */
const CUSTOMARY_TIMESTEP = 60

/** Compressed or not, whatever the file is called. @throws Error when it is no data.json */
export function openDocument(content: Uint8Array, mostBytes = MOST_BYTES): Document {
  const given = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const isGzip = given.length > 1 && given.readUInt16LE(0) === GZIP_MAGIC
  const bytes = isGzip ? gunzipSync(given, { maxOutputLength: mostBytes }) : given
  return { bytes, places: [...placesOf(bytes)] }
}

function* placesOf(bytes: Buffer): Generator<Place> {
  for (const [metric, { from }] of membersOf(bytes))
    for (const [word, span] of membersOf(bytes, from)) {
      const scope = SCOPES.find((known) => known === word)
      if (scope) yield { metric, scope, ...span }
    }
}

/** @throws Error, naming metric and scope */
export function readCurves({ bytes, places }: Document, { metrics, scopes }: Wanted): JobMetric[] {
  return places
    .filter(({ metric, scope }) => (metrics?.includes(metric) ?? true) && (scopes?.includes(scope) ?? true))
    .map((place) => readPlace(bytes, place))
}

function readPlace(bytes: Buffer, { metric, scope, from, to }: Place): JobMetric {
  try {
    const raw = asObject(JSON.parse(bytes.toString('utf8', from, to)))
    return {
      ...{ metric, scope },
      unit: readUnit(raw.unit),
      timestepSeconds: readTimestep(raw.timestep),
      series: asList(raw.series).map(readSeries),
      statisticsSeries: raw.statisticsSeries ? readStatisticsSeries(asObject(raw.statisticsSeries)) : null,
    }
  } catch (error) {
    throw new Error(`${metric}.${scope}: ${(error as Error).message}`)
  }
}

type Raw = Readonly<Record<string, unknown>>

function readSeries(given: unknown): Series {
  const raw = asObject(given)
  const values = readValues(raw.data)
  const id = raw.id === undefined || raw.id === null ? null : String(raw.id)
  return { hostname: String(raw.hostname ?? ''), id, values, statistics: readStatistics(raw.statistics, values) }
}

/** Old files leave them out, and the reference writes zeros where there was no value. */
function readStatistics(given: unknown, values: Float64Array): Statistics | null {
  const measured = statisticsOf(values)
  const { min, avg, max } = (given ?? {}) as Raw
  const told = typeof min === 'number' && typeof avg === 'number' && typeof max === 'number'
  return measured && told ? { min, avg, max } : measured
}

function readStatisticsSeries({ mean, median, min, max }: Raw): StatisticsSeries {
  return { mean: readValues(mean), median: readValues(median), min: readValues(min), max: readValues(max) }
}

function readValues(given: unknown): Float64Array {
  return Float64Array.from(asList(given ?? []), (value) => (typeof value === 'number' ? value : Number.NaN))
}

/** A word in old files. */
function readUnit(given: unknown): Unit {
  if (typeof given === 'string') return { base: given, prefix: '' }
  const { base, prefix } = (given ?? {}) as Raw
  return { base: String(base ?? ''), prefix: String(prefix ?? '') }
}

function readTimestep(given: unknown): number {
  return typeof given === 'number' && given > 0 && Number.isFinite(given) ? given : CUSTOMARY_TIMESTEP
}

function asObject(given: unknown): Raw {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Raw
  throw new Error('there should be an object')
}

function asList(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given
  throw new Error('there should be a list')
}
