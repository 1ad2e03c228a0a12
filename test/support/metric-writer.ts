/**
 * A process that writes measured values until it is killed: `node metric-writer.ts DIRECTORY FIRST INTERVAL_MS`. Says
 * `kept N` when the store has kept value N, `safe N` when it has said that it would survive a kill.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { createMemoryStore } from '../../src/metric/memory/memory-store.ts'

export const WRITER_CLUSTER = { cluster: 'c', metrics: [{ name: 'm', timestepMs: 1000, aggregation: 'avg' as const }] }
const VALUES_A_BODY = 20
const BODIES_A_CHECKPOINT = 100
/** So that the values of all rounds lie in the past. */
const PAUSE_MS = 2

export const hostOf = (index: number) => `h${index % 3}`
/** Values of the three hosts, a second apart, from some hours ago on. */
export const timeOf = (base: number, index: number) => base + Math.floor(index / 3) * 1000

async function writeOn(directory: string, base: number, intervalMs: number): Promise<never> {
  const options = {
    retentionMs: 1e9,
    checkpointIntervalMs: intervalMs,
    memoryMb: 64,
    clock: systemClock,
    log: silentLog,
  }
  const store = createMemoryStore({ directory, ...options })
  await store.start()
  await store.configure([WRITER_CLUSTER])
  let index = (await store.usage()).points
  for (let body = 1; ; body += 1) {
    const lines: string[] = []
    for (const end = index + VALUES_A_BODY; index < end; index += 1)
      lines.push(`m,host=${hostOf(index)} value=${index} ${timeOf(base, index) / 1000}\n`)
    await store.write(bodyOf(lines.join('')), { cluster: 'c' })
    process.stdout.write(`kept ${index - 1}\n`)
    await delay(PAUSE_MS)
    if (body % BODIES_A_CHECKPOINT !== 0) continue
    await store.checkpoint()
    process.stdout.write(`safe ${index - 1}\n`)
  }
}

async function* bodyOf(text: string) {
  yield Buffer.from(text)
}

if (import.meta.main) {
  const [directory = '', base = '', intervalMs = ''] = process.argv.slice(2)
  await writeOn(directory, Number(base), Number(intervalMs))
}
