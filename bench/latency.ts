/** From a submission on an idle server to the first instruction of its job, told by the job itself. */

import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { aJob, startYard, type Yard } from '../test/support/yard.ts'
import { open, post } from './raw-client.ts'
import { quantile, report } from './report.ts'

const ROUNDS = 300
const WARM_ROUNDS = 20
const PAUSE_MS = 15
const POLL_MS = 2
const FLOOR_P50_MS = 5
const FLOOR_P99_MS = 20

export async function benchLatency(): Promise<void> {
  const yard = await startYard()
  const socket = await open(yard)
  const latencies: number[] = []
  for (let round = 0; round < ROUNDS + WARM_ROUNDS; round += 1) {
    const latency = await submitAndSee(yard, socket)
    if (round >= WARM_ROUNDS) latencies.push(latency)
    await delay(PAUSE_MS)
  }
  socket.destroy()
  await yard.remove()
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
  report({
    question: 'submit to running on an idle server',
    ours: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    reference: 'none (the start of `date`, about 1 ms, is in ours)',
    floor: `p50 ${FLOOR_P50_MS} ms, p99 ${FLOOR_P99_MS} ms`,
    kept: p50 <= FLOOR_P50_MS && p99 <= FLOOR_P99_MS,
  })
}

/** Milliseconds from before the request until the job looked at the clock. */
async function submitAndSee(yard: Yard, socket: Socket): Promise<number> {
  const job = aJob({ command: 'date +%s%N' })
  const before = performance.timeOrigin + performance.now()
  await post(socket, yard, JSON.stringify(job))
  for (;;) {
    const text = readLog(String(job.logfile))
    if (text.endsWith('\n')) return Number(text) / 1e6 - before
    await delay(POLL_MS)
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
