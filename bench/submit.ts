/** How many durable submissions a second over REST, 64 connections, beside the same app answering a constant. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { startYard } from '../test/support/yard.ts'
import { runLoad } from './load.ts'
import { perSecond, report } from './report.ts'

const CONNECTIONS = 64
const SECONDS = 8
const WARM_SECONDS = 2
const FLOOR = 0.5
/** Waits for a resource that nobody offers, so that only submitting is measured. */
const BODY = '{"command":"sleep 60","logfile":"JOBLOG.@N@","rundir":"/tmp","env":"BASE","resources":"License:none/1"}'

export async function benchSubmit(): Promise<void> {
  const reference = await constantRate()
  const yard = await startYard()
  const load = { url: `${yard.url}/api/v3/jobs`, token: yard.token, connections: CONNECTIONS, body: BODY }
  await runLoad({ ...load, seconds: WARM_SECONDS })
  const { perSecond: ours, refused } = await runLoad({ ...load, seconds: SECONDS })
  await yard.remove()
  const ratio = ours / reference
  report({
    question: `durable submits, ${CONNECTIONS} connections${refused ? ` (${refused} refused)` : ''}`,
    ours: perSecond(ours),
    reference: `constant answer ${perSecond(reference)}`,
    ratio,
    floor: String(FLOOR),
    kept: ratio >= FLOOR && refused === 0,
  })
}

async function constantRate(): Promise<number> {
  const app = spawn(process.execPath, [resolve(import.meta.dirname, 'constant-app.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(app.stdout, 'data')
  const load = { url: `${String(line).trim()}/api/v3/jobs`, token: 'none', connections: CONNECTIONS, body: BODY }
  await runLoad({ ...load, seconds: WARM_SECONDS })
  const { perSecond: rate } = await runLoad({ ...load, seconds: SECONDS })
  app.kill()
  return rate
}
