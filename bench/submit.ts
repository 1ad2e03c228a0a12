/** How many durable submissions a second over REST, 64 connections, beside the same app answering a constant. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { startYard } from '../test/support/yard.ts'
import { type LoadResult, runLoad } from './load.ts'
import { perSecond, report } from './report.ts'

const CONNECTIONS = 64
const SECONDS = 6
const WARM_SECONDS = 3
/** Ours and the reference by turns, since the machine is not equally quick all the time. */
const ROUNDS = 2
const FLOOR = 0.5
/** Waits for a resource that nobody offers, so that only submitting is measured. */
const BODY = '{"command":"sleep 60","logfile":"JOBLOG.@N@","rundir":"/tmp","env":"BASE","resources":"License:none/1"}'

export async function benchSubmit(): Promise<void> {
  const rates = { ours: 0, reference: 0 }
  let refused = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.reference += (await constantRate()) / ROUNDS
    const result = await ourRate()
    rates.ours += result.perSecond / ROUNDS
    refused += result.refused
  }
  const ratio = rates.ours / rates.reference
  report({
    question: `durable submits, ${CONNECTIONS} connections${refused ? ` (${refused} refused)` : ''}`,
    ours: perSecond(rates.ours),
    reference: `constant answer ${perSecond(rates.reference)}`,
    ratio,
    floor: String(FLOOR),
    kept: ratio >= FLOOR && refused === 0,
  })
}

async function ourRate(): Promise<LoadResult> {
  const yard = await startYard()
  const result = await measure(`${yard.url}/api/v3/jobs`, yard.token)
  await yard.remove()
  return result
}

async function constantRate(): Promise<number> {
  const script = resolve(import.meta.dirname, 'constant-app.ts')
  const app = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(app.stdout, 'data')
  const { perSecond: rate } = await measure(`${String(line).trim()}/api/v3/jobs`, 'none')
  app.kill()
  return rate
}

async function measure(url: string, token: string): Promise<LoadResult> {
  const load = { url, token, connections: CONNECTIONS, body: BODY }
  await runLoad({ ...load, seconds: WARM_SECONDS })
  return runLoad({ ...load, seconds: SECONDS })
}
