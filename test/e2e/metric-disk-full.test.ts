/** A disk that fills up in the middle of a record: measured values stay, and are on the disk again when it has room. */

import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { createLog } from '../../src/base/log.ts'
import { createMemoryStore } from '../../src/metric/memory/memory-store.ts'
import type { MetricStore } from '../../src/metric/metric-store.ts'
import { HandClock } from '../support/clock.ts'
import { makeFolder } from '../support/folder.ts'
import { mountSmallDisk, unmount } from '../support/small-disk.ts'

const DISK_MB = 4
const INTERVAL_MS = 10_000
const VALUES = 20_000

const disk = makeFolder()
const isMounted = mountSmallDisk(disk, `${DISK_MB}m`)
const clock = new HandClock()
const logged: string[] = []

afterAll(() => {
  if (isMounted) unmount(disk)
  rmSync(disk, { recursive: true, force: true })
})

async function openStore(): Promise<MetricStore> {
  const destination = new Writable({
    write(line, _encoding, done) {
      logged.push(JSON.parse(String(line)).msg)
      done()
    },
  })
  const store = createMemoryStore({
    directory: join(disk, 'checkpoints'),
    retentionMs: 1e9,
    checkpointIntervalMs: INTERVAL_MS,
    memoryMb: 64,
    clock,
    log: createLog({ level: 'info', destination }),
  })
  await store.start()
  await store.configure([{ cluster: 'c', metrics: [{ name: 'm', timestepMs: 1000, aggregation: 'avg' }] }])
  return store
}

async function* lines(host: string) {
  const first = clock.now() / 1000 - VALUES
  for (let index = 0; index < VALUES; index += 1) yield Buffer.from(`m,host=${host} value=${index} ${first + index}\n`)
}

/** Lets an interval pass, and waits until the thread has done what it does then. */
async function passInterval(store: MetricStore): Promise<void> {
  clock.turn(INTERVAL_MS)
  await store.usage()
}

test.skipIf(!isMounted)('a full disk costs no measured value, and is told of once', async () => {
  const store = await openStore()
  await store.write(lines('a'), { cluster: 'c' })
  await passInterval(store)
  expect(readdirSync(join(disk, 'checkpoints'))).toEqual(['1.log'])
  writeFileSync(join(disk, 'filler'), Buffer.alloc((DISK_MB << 20) - 600_000))
  await store.write(lines('b'), { cluster: 'c' })
  await passInterval(store)
  await passInterval(store)
  await expect(store.checkpoint()).rejects.toMatchObject({ code: 'unavailable' })
  expect(await store.write(lines('c'), { cluster: 'c' })).toBe(VALUES)
  rmSync(join(disk, 'filler'))
  await store.checkpoint()
  expect(logged).toEqual([
    'measured values cannot be written to the disk; they are kept in memory alone',
    'measured values are written to the disk again',
  ])
  await store.stop()
  const again = await openStore()
  expect(await again.usage()).toMatchObject({ series: 3, points: 3 * VALUES })
  await again.stop()
})
