/** Records and curves as files, in every format. */

import type { JobRecord } from '../../../job/record.ts'
import type { JobMetric } from '../../../metric/metric.ts'
import { csvOf } from './csv.ts'
import { CURVE_COLUMNS, pointsOf } from './curve-columns.ts'
import { jsonOf, ndjsonOf, seriesOf, showRecord } from './json.ts'
import { parquetOf } from './parquet.ts'
import { RECORD_COLUMNS } from './record-columns.ts'
import type { Rows } from './table.ts'

export type ExportFormat = 'csv' | 'json' | 'ndjson' | 'parquet'

/** Makes a file of what it is given, piece by piece as it comes. */
export const exports = {
  records(batches: Rows<JobRecord>, format: ExportFormat): AsyncIterable<string | Uint8Array> {
    if (format === 'csv') return csvOf(RECORD_COLUMNS, batches)
    if (format === 'parquet') return parquetOf(RECORD_COLUMNS, batches)
    return format === 'json' ? jsonOf(batches, showRecord) : ndjsonOf(batches, showRecord)
  },
  curves(
    { startedAt }: Pick<JobRecord, 'startedAt'>,
    curves: readonly JobMetric[],
    format: ExportFormat,
  ): AsyncIterable<string | Uint8Array> {
    if (format === 'csv') return csvOf(CURVE_COLUMNS, pointsOf(startedAt, curves))
    if (format === 'parquet') return parquetOf(CURVE_COLUMNS, pointsOf(startedAt, curves))
    const show = (series: unknown) => series
    return format === 'json' ? jsonOf(seriesOf(curves), show) : ndjsonOf(seriesOf(curves), show)
  },
}
