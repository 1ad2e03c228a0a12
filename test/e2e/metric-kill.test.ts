/** What a kill -9 may cost of the measured values: one interval at most, and nothing that was checkpointed. */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { createMemoryStore } from '../../src/metric/memory/memory-store.ts'
import { testFolder } from '../support/folder.ts'
import { hostOf, timeOf, WRITER_CLUSTER } from '../support/metric-writer.ts'

const ROUNDS = process.env.YARDMASTER_SOAK === '1' ? 40 : 5
const INTERVAL_MS = 200
/** How late a timer of a process may be on a machine that others use as well. */
const LATE_MS = 600
const LONGEST_ROUND_MS = 700

const SCRIPT = join(import.meta.dirname, '../support/metric-writer.ts')

interface Said {
  kept: { index: number; atMs: number }[]
  safe: number
}

/** What a writer said up to its death, which comes at a random moment. */
async function writeUntilKilled(directory: string, base: number): Promise<Said & { killedMs: number }> {
  const writer = spawn(process.execPath, [SCRIPT, directory, String(base), String(INTERVAL_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: Said = { kept: [], safe: -1 }
  const ended = once(writer, 'exit')
  const lines = listen(writer, said)
  while (said.kept.length === 0) await once(writer.stdout!, 'data')
  await delay(INTERVAL_MS + LATE_MS + randomInt(LONGEST_ROUND_MS))
  const killedMs = performance.now()
  writer.kill('SIGKILL')
  await Promise.all([ended, lines])
  return { ...said, killedMs }
}

async function listen(writer: ChildProcess, said: Said): Promise<void> {
  for await (const line of createInterface({ input: writer.stdout! })) {
    const [word, index] = line.split(' ')
    if (word === 'kept') said.kept.push({ index: Number(index), atMs: performance.now() })
    else said.safe = Number(index)
    if (said.safe > (said.kept.at(-1)?.index ?? 0)) throw new Error('more was safe than kept')
  }
}

/** How many values of the sequence came back, without a hole. */
async function recovered(directory: string, base: number): Promise<number> {
  const options = { retentionMs: 1e9, checkpointIntervalMs: 1e9, memoryMb: 64, clock: systemClock, log: silentLog }
  const store = createMemoryStore({ directory, ...options })
  await store.start()
  await store.configure([WRITER_CLUSTER])
  const { points } = await store.usage()
  const span = { from: base, to: timeOf(base, points), level: 'node', ids: [], aggregate: false } as const
  const hosts = [0, 1, 2].map((index) => ({ cluster: 'c', host: hostOf(index), metric: 'm', ...span }))
  const curves = (await store.read(hosts)).map(([answer]) => answer?.curve.values)
  for (let index = 0; index < points; index += 1) {
    const value = curves[index % 3]?.[Math.floor(index / 3)]
    if (value !== index) throw new Error(`value ${index} of ${points} came back as ${value}`)
  }
  await store.stop()
  return points
}

test(`a kill -9, ${ROUNDS} times over the same directory, costs at most the last interval`, {
  timeout: 300_000,
}, async () => {
  const directory = join(testFolder(), 'checkpoints')
  const base = Math.floor(Date.now() / 1000) * 1000 - 20 * 3600 * 1000
  for (let round = 0; round < ROUNDS; round += 1) {
    const { kept, safe, killedMs } = await writeUntilKilled(directory, base)
    const older = kept.filter(({ atMs }) => atMs < killedMs - INTERVAL_MS - LATE_MS)
    const points = await recovered(directory, base)
    expect(points).toBeGreaterThan(safe)
    expect(points).toBeGreaterThan(older.at(-1)?.index ?? -1)
  }
})
