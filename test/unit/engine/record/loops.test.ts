/** What comes round by itself. */

import { describe, expect, test } from 'vitest'
import { makeRecordHouse, reporter } from '../../../support/record-house.ts'
import { aNodeReport, aReport } from '../../../support/records.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const KEEP_ALL = { policy: 'none', ageMs: 0, keepTagged: 'user', records: true, nodeStatesAgeMs: 0 } as const

test('runs that go on have a footprint after ten minutes, so that lists can be filtered by it', async () => {
  const { keeping, metrics, clock, store } = await makeRecordHouse()
  const { id, startedAt } = await keeping.records.start(reporter, aReport())
  metrics.draw({ cluster: 'fritz', host: 'f0726', metric: 'cpu_load' }, startedAt, [10, 30])
  clock.turn(11 * MINUTE_MS)
  await expect.poll(async () => (await store.records.get(id))?.footprint).toEqual({ cpu_load_avg: 20 })
  const filter = { kind: 'compare', field: 'footprint.cpu_load_avg', operator: 'greater', values: [15] } as const
  const found = await keeping.records.list(reporter, { filter, order: [], offset: 0, limit: 5, withTotal: false })
  expect(found.records).toMatchObject([{ id, state: 'running', monitoring: 'pending' }])
})

test('hosts of running jobs are kept in the metric store beyond its retention', async () => {
  const { keeping, metrics, clock } = await makeRecordHouse()
  await keeping.records.start(reporter, aReport())
  clock.turn(5 * MINUTE_MS)
  await expect.poll(() => metrics.retained).toEqual({ fritz: ['f0726'] })
})

describe('a reported run that exceeds its limit', () => {
  test('is ended by its limit when that is wanted, says why, and is archived', async () => {
    const { keeping, clock, store } = await makeRecordHouse({ plan: { stopExceedingMs: HOUR_MS } })
    const start = (jobId: number, walltimeMs: number) => keeping.records.start(reporter, aReport({ jobId, walltimeMs }))
    const [over, within, unlimited] = [await start(1, HOUR_MS), await start(2, 5 * HOUR_MS), await start(3, 0)]
    clock.turn(2 * HOUR_MS)
    const monitoring = async () => {
      clock.turn(MINUTE_MS)
      return (await store.records.get(over.id))?.monitoring
    }
    await expect.poll(monitoring).toBe('archived')
    expect(await store.records.get(over.id)).toMatchObject({
      state: 'failed',
      durationMs: HOUR_MS,
      metaData: { issue: expect.stringContaining('nobody reported its end') },
    })
    for (const { id } of [within, unlimited]) expect((await store.records.get(id))?.state).toBe('running')
  })

  test('goes on for ever where that is not wanted', async () => {
    const { keeping, clock, store } = await makeRecordHouse()
    const { id } = await keeping.records.start(reporter, aReport({ walltimeMs: 1000 }))
    clock.turn(24 * HOUR_MS)
    await keeping.flush()
    expect((await store.records.get(id))?.state).toBe('running')
  })
})

test('old reports of nodes are let go', async () => {
  const { store, clock } = await makeRecordHouse({ plan: { retention: { ...KEEP_ALL, nodeStatesAgeMs: HOUR_MS } } })
  await store.nodes.put([aNodeReport({ at: clock.now() })])
  const range = { from: 0, to: clock.now() + 1 }
  clock.turn(3 * HOUR_MS)
  await expect.poll(() => store.nodes.history('fritz', 'f0726', range)).toEqual([])
})
