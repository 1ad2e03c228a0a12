/** Files for analysis, read back by somebody else's reader. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { type ExportFormat, exports } from '../../../../../src/engine/record/export/exports.ts'
import type { JobRecord } from '../../../../../src/job/record.ts'
import { aMetric, aSeries } from '../../../../support/curves.ts'
import { testFolder } from '../../../../support/folder.ts'
import { aRecord } from '../../../../support/records.ts'

const MANY = 5001

async function* batches(...all: JobRecord[][]) {
  yield* all
}

const records = (of: JobRecord[][], format: ExportFormat) => Readable.from(exports.records(batches(...of), format))

async function parquetRows(content: AsyncIterable<string | Uint8Array>): Promise<Record<string, unknown>[]> {
  const path = join(testFolder(), 'export.parquet')
  await writeFile(path, await buffer(Readable.from(content)))
  return parquetReadObjects({ file: await asyncBufferFromFile(path) })
}

describe('records', () => {
  test('are CSV that holds no formula, however a job is called', async () => {
    const metaData = { jobName: '=HYPERLINK("http://evil","x")' }
    const csv = await text(records([[aRecord({ metaData, user: '@alice', energy: -1, project: 'a,"b"\nc' })]], 'csv'))
    const [head, row] = csv.split('\r\n')
    expect(head).toMatch(/^id,jobId,arrayJobId,attempt,cluster,/)
    expect(row).toContain(`"'=HYPERLINK(""http://evil"",""x"")"`)
    expect(row).toContain(`"a,""b""\nc",'@alice,`)
    expect(row).toContain(',-1,f0726,')
    expect(row).toContain('2026-11-21T09:00:00.000Z')
  })

  test('are one JSON array over all batches, or one object a line', async () => {
    const of = [[aRecord({ id: 1 }), aRecord({ id: 2 })], [], [aRecord({ id: 3 })]]
    const parsed = JSON.parse(await text(records(of, 'json'))) as { id: number; startTime: number }[]
    expect(parsed.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(parsed[0]!.startTime).toBe(Date.UTC(2026, 10, 21, 9) / 1000)
    expect(JSON.parse(await text(records([], 'json')))).toEqual([])
    const lines = (await text(records(of, 'ndjson'))).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([1, 2, 3])
  })

  test('are Parquet of several row groups that another reader reads, and come before all is read', async () => {
    const footprint = { cpu_load_avg: 1.5 }
    const many = Array.from({ length: MANY }, (_, index) =>
      aRecord({ id: index + 1, footprint: index === 0 ? footprint : null }),
    )
    let read = 0
    async function* source() {
      for (const record of many) {
        read += 1
        yield [record]
      }
    }
    const pieces = exports.records(source(), 'parquet')[Symbol.asyncIterator]()
    const first = await pieces.next()
    expect(read).toBeLessThan(MANY)
    async function* whole() {
      yield first.value
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
    }
    const rows = await parquetRows(whole())
    expect(rows).toHaveLength(MANY)
    expect(rows[0]).toMatchObject({
      id: 1n,
      user: 'k106eb10',
      footprint,
      startTime: new Date(Date.UTC(2026, 10, 21, 9)),
      submitTime: null,
    })
    expect(rows.at(-1)).toMatchObject({ id: BigInt(MANY), hosts: 'f0726' })
  })

  test('that are none are a Parquet file without rows', async () => {
    expect(await parquetRows(exports.records(batches(), 'parquet'))).toEqual([])
  })
})

describe('curves', () => {
  const start = { startedAt: Date.UTC(2026, 10, 21, 9) }
  const curves = [aMetric({ series: [aSeries('h1', [-1.5, null], '0'), aSeries('h2', [3])] })]

  test('are a row a value in CSV and in Parquet, gaps empty', async () => {
    const csv = (await text(Readable.from(exports.curves(start, curves, 'csv')))).trimEnd().split('\r\n')
    expect(csv).toEqual([
      'metric,scope,hostname,id,unit,time,value',
      'cpu_load,node,h1,0,,2026-11-21T09:00:00.000Z,-1.5',
      'cpu_load,node,h1,0,,2026-11-21T09:01:00.000Z,',
      'cpu_load,node,h2,,,2026-11-21T09:00:00.000Z,3',
    ])
    const rows = await parquetRows(exports.curves(start, curves, 'parquet'))
    expect(rows.map(({ hostname, value }) => [hostname, value])).toEqual([
      ['h1', -1.5],
      ['h1', null],
      ['h2', 3],
    ])
  })

  test('are an object a series in JSON', async () => {
    const parsed = JSON.parse(await text(Readable.from(exports.curves(start, curves, 'json'))))
    expect(parsed).toMatchObject([
      { metric: 'cpu_load', hostname: 'h1', id: '0', values: [-1.5, null] },
      { hostname: 'h2', id: null, values: [3] },
    ])
  })
})
