import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { createMemoryStore } from '../../src/metric/memory/memory-store.ts'
import { makeFolder } from '../support/folder.ts'
import { metricStoreContract } from './metric-store.ts'

const folder = makeFolder()
const directory = join(folder, 'checkpoints')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

metricStoreContract('the store of measured values in memory', {
  async open(clock) {
    const store = createMemoryStore({
      directory,
      retentionMs: 24 * 3600 * 1000,
      checkpointIntervalMs: 10_000,
      memoryMb: 256,
      clock,
      log: silentLog,
    })
    await store.start()
    return store
  },
  clear: () => rmSync(directory, { recursive: true, force: true }),
})
