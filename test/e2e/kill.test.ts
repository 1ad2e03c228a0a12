/** What holds whatever is killed (design, One way through): tried on the real processes. `npm run soak` tries longer. */

import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { listJobs, Tally } from '../support/tally.ts'
import { taskerPid } from '../support/tasker-pid.ts'
import { countStates, startYard, type Yard } from '../support/yard.ts'

const SOAK = process.env.YARDMASTER_SOAK === '1'
const ROUNDS = SOAK ? 50 : 5
const CLIENTS = 8
const PAUSE_MS = 20
const LONGEST_ROUND_MS = 500
const SETTLE_MS = 120_000
const SETS = ['host.slots=8']

let tally: Tally
let yard: Yard
afterEach(async () => {
  await yard.remove()
  tally.remove()
})

/** Clients that submit one job after the other, about as fast as they run, and shrug when nobody answers. */
function streamOf(target: () => Yard, isOver: () => boolean): Promise<unknown> {
  const client = async () => {
    while (!isOver()) {
      const seconds = randomInt(10) === 0 ? 0.4 : 0
      await tally.submit(target(), seconds).catch(() => undefined)
      await delay(PAUSE_MS)
    }
  }
  return Promise.all(Array.from({ length: CLIENTS }, client))
}

async function settled(target: Yard): Promise<void> {
  const busy = async () => {
    const { Queued = 0, Running = 0 } = await countStates(target)
    expect(Queued + Running).toBe(0)
  }
  await vi.waitFor(busy, { timeout: SETTLE_MS, interval: 200 })
}

describe('kill -9', { timeout: SOAK ? 1_800_000 : 240_000 }, () => {
  test(`of the server, ${ROUNDS} times: what was acknowledged is there and ran exactly once, with its exit code`, async () => {
    tally = new Tally()
    const port = await freePort()
    yard = await startYard({ port, sets: SETS })
    let over = false
    const stream = streamOf(
      () => yard,
      () => over,
    )
    for (let round = 0; round < ROUNDS; round += 1) {
      await delay(randomInt(LONGEST_ROUND_MS))
      await yard.stop('SIGKILL')
      yard = await startYard({ port, dataDir: yard.dataDir, sets: SETS })
    }
    over = true
    await stream
    await settled(yard)
    const jobs = await listJobs(yard)
    for (const ticket of tally.tickets) {
      expect(tally.runsOf(ticket), `runs of ${JSON.stringify(ticket)}`).toBeLessThanOrEqual(1)
      if (ticket.jobId === undefined) continue
      const status = ticket.exitCode === 0 ? 'Done' : 'Failed'
      expect(jobs.get(ticket.jobId)).toMatchObject({ status, exitCode: ticket.exitCode })
      expect(tally.runsOf(ticket), `runs of ${JSON.stringify(ticket)}`).toBe(1)
    }
    expect(tally.tickets.filter(({ jobId }) => jobId !== undefined).length).toBeGreaterThan(ROUNDS)
  })

  test(`of the tasker, ${ROUNDS} times: jobs that it ran end as lost, and nothing else is lost or runs twice`, async () => {
    tally = new Tally()
    yard = await startYard({ sets: SETS })
    let over = false
    const stream = streamOf(
      () => yard,
      () => over,
    )
    for (let round = 0; round < ROUNDS; round += 1) {
      await delay(randomInt(LONGEST_ROUND_MS))
      process.kill(await taskerPid(yard.dataDir), 'SIGKILL')
    }
    over = true
    await stream
    await settled(yard)
    const jobs = await listJobs(yard)
    for (const ticket of tally.tickets) {
      const job = jobs.get(ticket.jobId!)
      expect(job, `job of ${JSON.stringify(ticket)}`).toBeDefined()
      expect(tally.runsOf(ticket)).toBeLessThanOrEqual(1)
      if (job!.cause === 'lost') continue
      expect(job).toMatchObject({ exitCode: ticket.exitCode })
      expect(tally.runsOf(ticket)).toBe(1)
    }
  })

  test('of both at once: the server that comes back settles every job', async () => {
    tally = new Tally()
    yard = await startYard({ sets: SETS })
    await Promise.all(Array.from({ length: 20 }, () => tally.submit(yard, 0.2)))
    process.kill(await taskerPid(yard.dataDir), 'SIGKILL')
    await yard.stop('SIGKILL')
    yard = await startYard({ dataDir: yard.dataDir, sets: SETS })
    await settled(yard)
    const jobs = await listJobs(yard)
    for (const ticket of tally.tickets) {
      const { cause, exitCode } = jobs.get(ticket.jobId!)!
      expect(cause === 'lost' || exitCode === ticket.exitCode).toBe(true)
      expect(tally.runsOf(ticket)).toBeLessThanOrEqual(1)
    }
  })
})
