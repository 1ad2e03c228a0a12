/** Rows as JSON: one array, or one object a line. */

import type { JobRecord } from '../../../job/record.ts'
import type { JobMetric } from '../../../metric/metric.ts'
import type { Rows } from './table.ts'

/** One array in all, an element a line. */
export async function* jsonOf<Row>(rows: Rows<Row>, show: (row: Row) => unknown): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const batch of rows) {
    if (batch.length === 0) continue
    yield separator + batch.map((row) => JSON.stringify(show(row))).join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

export async function* ndjsonOf<Row>(rows: Rows<Row>, show: (row: Row) => unknown): AsyncGenerator<string> {
  for await (const batch of rows)
    if (batch.length > 0) yield batch.map((row) => `${JSON.stringify(show(row))}\n`).join('')
}

/** A record in the words of the tables; times are unix seconds. */
export function showRecord(record: JobRecord): unknown {
  const { startedAt, submittedAt, durationMs, walltimeMs, state, energy, ...rest } = record
  return {
    ...rest,
    jobState: state,
    startTime: Math.floor(startedAt / 1000),
    submitTime: Math.floor(submittedAt / 1000),
    durationSeconds: durationMs / 1000,
    walltimeSeconds: walltimeMs / 1000,
    energyKwh: energy,
  }
}

/** A series an object. */
export async function* seriesOf(curves: readonly JobMetric[]): Rows<unknown> {
  for (const { metric, scope, unit, timestepSeconds, series } of curves)
    for (const { hostname, id, statistics, values } of series)
      yield [{ metric, scope, hostname, id, unit, timestepSeconds, statistics, values: [...values] }]
}
