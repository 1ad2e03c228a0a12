/** Lists and counts of records, read on the thread of heavy reads. */

import type { FieldValue } from '../../../job/field.ts'
import type { JobRecord } from '../../../job/record.ts'
import { RECORD_ROW, type RecordRow, recordOf } from '../../record-rows.ts'
import type { RecordQuery, RecordStore } from '../../record-store.ts'
import type { Reader } from '../reader.ts'
import { BATCH_ROWS } from '../reader-message.ts'
import { compileCount, compileList } from './list-statement.ts'

export function createRecordLists(reader: Reader): Pick<RecordStore, 'list' | 'count' | 'scan'> {
  return {
    async list(query) {
      const { limit = Number.POSITIVE_INFINITY } = query
      if (limit <= BATCH_ROWS) return (await reader.rows(compileList(query))).map(fromValues)
      const records: JobRecord[] = []
      for await (const batch of scan(reader, query)) records.push(...batch)
      return records
    },
    async count(filter, now) {
      const [row] = await reader.rows(compileCount(filter, now))
      return Number(row?.[0])
    },
    scan: (query) => scan(reader, query),
  }
}

async function* scan(reader: Reader, query: RecordQuery): AsyncGenerator<JobRecord[]> {
  const { batches } = await reader.query(compileList(query))
  for await (const batch of batches) yield batch.map(fromValues)
}

function fromValues(values: readonly FieldValue[]): JobRecord {
  return recordOf(Object.fromEntries(RECORD_ROW.map((name, index) => [name, values[index]])) as unknown as RecordRow)
}
