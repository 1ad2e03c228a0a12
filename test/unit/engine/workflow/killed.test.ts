/** The server is killed at every write of a workflow, and the next one brings it to the same end. */

import { describe, expect, test } from 'vitest'
import type { PathOutcome } from '../../../../src/workflow/path-entry.ts'
import type { TaskOrder } from '../../../../src/workflow/task-order.ts'
import { aCaller } from '../../../support/house.ts'
import { KilledStore } from '../../../support/killed-store.ts'
import { anEntry, WorkflowHouse } from '../../../support/workflow-house.ts'

const AT_A_TIME = 6

type Act = (house: WorkflowHouse, jobId: number, order: TaskOrder) => Promise<void>

/** What movers do with an order: a discovery tells two findings, a step one path that fails. */
const doTask: Act = async ({ keeping, movers }, jobId, order) => {
  const attempt = { jobId, attempt: movers.attemptOf(jobId) }
  if (order.kind === 'discovery') {
    for (const sequence of [0, 1]) {
      const entries = [0, 1].map((n) => anEntry(`/data/x/${sequence}${n}`))
      await keeping.desk.found(attempt, { sequence, entries, cursor: `${sequence}` })
    }
  }
  const entries = order.kind === 'step' ? order.entries : []
  const outcomes = entries.map(({ path }): PathOutcome => {
    const failed = order.name.endsWith('migrate') && path.endsWith('01')
    return { path, outcome: failed ? 'failed' : 'processed', message: '', movedBytes: failed ? 0 : 10 }
  })
  await keeping.desk.ended(attempt, { outcomes, failure: null, stopped: false })
}

/** One server's life; false when it was killed in it. */
async function live(house: WorkflowHouse, store: KilledStore, steer: (house: WorkflowHouse) => Promise<void>) {
  try {
    await house.open((opened) => store.wrap(opened))
    if ((await house.store.workflows.run(1)) === undefined)
      await house.submit({ workflow: 'send', fields: { destinationsite: 'two' } })
    await steer(house)
    await work(house, store)
    await settled(house)
    return !store.isDead
  } catch (error) {
    if (!store.isDead) throw error
    return false
  }
}

async function work(house: WorkflowHouse, store: KilledStore): Promise<void> {
  const { movers, keeping } = house
  for (;;) {
    if (store.isDead) throw new Error('killed')
    const run = await house.run(1)
    const [jobId] = movers.runningIds()
    if (jobId === undefined && run.completedAt !== null) return
    if (jobId === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    const order = await keeping.desk.order({ jobId, attempt: movers.attemptOf(jobId) })
    if (order) await doTask(house, jobId, order)
    movers.end(jobId)
  }
}

async function standing({ store: { workflows } }: WorkflowHouse) {
  const { state, totals } = (await workflows.run(1))!
  const tasks = (await workflows.tasks(1, { offset: 0, limit: 100 }))
    .map(({ name, state: of, pathCount }) => `${name} ${of} ${pathCount}`)
    .toSorted()
  return { state, totals, tasks }
}

/** Waits until the engine has stored what its executors told. */
async function settled(house: WorkflowHouse): Promise<void> {
  for (;;) {
    const { queued, running, idle } = await house.engine.jobs.countByState(aCaller())
    if (!queued && !running && !idle) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const nothing = async () => {}
const pauseAndResume = async ({ workflows }: WorkflowHouse) => {
  const { state } = await workflows.run(aCaller(), 1)
  if (state === 'pending' || state === 'started') await workflows.control(aCaller(), 1, 'pause')
  const paused = await workflows.run(aCaller(), 1)
  if (paused.state === 'pausing' || paused.state === 'paused') await workflows.control(aCaller(), 1, 'resume')
}

describe.each([
  ['to its end', nothing],
  ['through a pause', pauseAndResume],
])('a run %s', async (_name, steer) => {
  async function lives(killAt: number) {
    const house = new WorkflowHouse()
    const first = new KilledStore(killAt)
    const survived = await live(house, first, steer)
    if (!survived) {
      await house.close()
      await live(house, new KilledStore(Number.POSITIVE_INFINITY), steer)
    }
    const end = await standing(house)
    await house.close()
    return { end, calls: first.calls }
  }

  test('comes to the same, wherever the server is killed', { timeout: 300_000 }, async () => {
    const whole = await lives(Number.POSITIVE_INFINITY)
    expect(whole.end).toMatchObject({
      state: 'error',
      totals: { discovered: 4, outcomes: { processed: 3, failed: 1 }, tasks: { pending: 0, started: 0 } },
    })
    const deaths = whole.calls.map((name, index) => ({ name, killAt: index + 1 }))
    while (deaths.length > 0) {
      const ends = deaths.splice(0, AT_A_TIME).map(async ({ name, killAt }) => {
        const { end } = await lives(killAt)
        expect(end, `killed at write ${killAt}, ${name}`).toEqual(whole.end)
      })
      await Promise.all(ends)
    }
  })
})
