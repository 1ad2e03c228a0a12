/**
 * Curves made `data.json`, in pieces, so that a day of many nodes is never one string and others have their turn between
 * (spec/cockpit.md 3.3: two decimals, null for NaN).
 */

import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { JobMetric, Series, Statistics, StatisticsSeries, Unit } from '../metric.ts'
import { roundHundredth } from '../statistics.ts'

const PIECE_VALUES = 2048
/** Some two milliseconds of work. */
const WRITE_CHARACTERS = 32_768

/** `data.json.gz`. The stream must be read to its end or destroyed. */
export function writeCurves(curves: readonly JobMetric[]): Readable {
  const pieces = Readable.from(packed(piecesOf(curves)), { objectMode: false })
  // What goes wrong reaches the reader, who has the other end.
  return pipeline(pieces, createGzip(), () => undefined)
}

/** As many as make a write worth its way to another thread. */
function* packed(pieces: Iterable<string>): Generator<string> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < WRITE_CHARACTERS) continue
    yield text
    text = ''
  }
  yield text
}

function* piecesOf(curves: readonly JobMetric[]): Generator<string> {
  let separator = '{'
  for (const [metric, scopes] of Map.groupBy(curves, ({ metric }) => metric)) {
    yield `${separator}${JSON.stringify(metric)}:`
    yield* scopePieces(scopes)
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

function* scopePieces(scopes: readonly JobMetric[]): Generator<string> {
  let separator = '{'
  for (const { scope, unit, timestepSeconds, series, statisticsSeries } of scopes) {
    yield `${separator}"${scope}":{"unit":${JSON.stringify(plainUnit(unit))},"timestep":${timestepSeconds},"series":[`
    yield* seriesPieces(series)
    yield ']'
    if (statisticsSeries) yield* statisticsPieces(statisticsSeries)
    yield '}'
    separator = ','
  }
  yield '}'
}

function plainUnit({ base, prefix }: Unit): Partial<Unit> {
  return prefix ? { base, prefix } : { base }
}

function* seriesPieces(series: readonly Series[]): Generator<string> {
  let separator = ''
  for (const { hostname, id, statistics, values } of series) {
    const name = `"hostname":${JSON.stringify(hostname)}${id === null ? '' : `,"id":${JSON.stringify(id)}`}`
    yield `${separator}{${name},"statistics":${statisticsText(statistics)},"data":`
    yield* valuePieces(values)
    yield '}'
    separator = ','
  }
}

/** The reference cannot say that there is none. */
function statisticsText(statistics: Statistics | null): string {
  const { min, avg, max } = statistics ?? { min: 0, avg: 0, max: 0 }
  return `{"avg":${valueText(avg)},"min":${valueText(min)},"max":${valueText(max)}}`
}

function* statisticsPieces(series: StatisticsSeries): Generator<string> {
  let separator = ',"statisticsSeries":{'
  for (const name of ['mean', 'median', 'min', 'max'] as const) {
    yield `${separator}"${name}":`
    yield* valuePieces(series[name])
    separator = ','
  }
  yield '}'
}

function* valuePieces(values: Float64Array): Generator<string> {
  yield '['
  for (let from = 0; from < values.length; from += PIECE_VALUES) {
    const piece = Array.from(values.subarray(from, from + PIECE_VALUES), valueText).join(',')
    yield from === 0 ? piece : `,${piece}`
  }
  yield ']'
}

function valueText(value: number): string {
  return Number.isFinite(value) ? `${roundHundredth(value)}` : 'null'
}
