/** The server is killed at every write of a workflow, and the next one brings it to the same end. */

import { describe, expect, test } from 'vitest'
import type { Submission } from '../../../../src/engine/workflow/workflows.ts'
import type { PathOutcome } from '../../../../src/workflow/path-entry.ts'
import type { Run, Task } from '../../../../src/workflow/task.ts'
import type { TaskOrder } from '../../../../src/workflow/task-order.ts'
import { aCaller } from '../../../support/house.ts'
import { KilledStore } from '../../../support/killed-store.ts'
import { anEntry, WorkflowHouse } from '../../../support/workflow-house.ts'

/** For a sync: an addition and a removal. */
const STATES = ['created', 'deleted'] as const

const AT_A_TIME = 6
/** Of what was running when its run was cancelled; of no matter where its end was stored before. */
const STOPPED = { outcomes: [], failure: null, stopped: true }

type Act = (house: WorkflowHouse, jobId: number, order: TaskOrder) => Promise<void>

/** What movers do with an order: a discovery tells two findings, a step one path that fails; half of it where they are to yield. */
const doTask: Act = async ({ keeping, movers }, jobId, order) => {
  const attempt = { jobId, attempt: movers.attemptOf(jobId) }
  const yields = movers.signals.some((signal) => signal.jobId === jobId && signal.action === 'yield')
  if (order.kind === 'discovery') {
    for (const sequence of yields ? [0] : [0, 1]) {
      if (sequence < order.sequence) continue
      const entries = [0, 1].map((n) => anEntry(`/data/x/${sequence}${n}`, { state: STATES[n]! }))
      await keeping.desk.found(attempt, { sequence, entries, cursor: `${sequence}` })
    }
  }
  const entries = order.kind === 'step' ? order.entries : []
  const outcomes = entries.map(({ path }): PathOutcome => {
    const failed = order.name.endsWith('migrate') && order.arguments.overwrite !== true && path.endsWith('01')
    return { path, outcome: failed ? 'failed' : 'processed', message: '', movedBytes: failed ? 0 : 10 }
  })
  const left = [...entries.keys()].slice(entries.length / 2)
  await keeping.desk.ended(attempt, { outcomes, failure: null, stopped: false, ...(yields && { left }) })
}

interface Story {
  submission: Partial<Submission>
  steer(house: WorkflowHouse): Promise<void>
  /** What is the same of every end. */
  standing(run: Run, tasks: readonly Task[]): unknown
}

/** One server's life; false when it was killed in it. */
async function live(house: WorkflowHouse, store: KilledStore, { submission, steer }: Story) {
  try {
    await house.open((opened) => store.wrap(opened))
    if ((await house.store.workflows.run(1)) === undefined) await house.submit(submission)
    await steer(house)
    await work(house, store)
    return !store.isDead
  } catch (error) {
    if (!store.isDead) throw error
    return false
  }
}

async function work(house: WorkflowHouse, store: KilledStore): Promise<void> {
  const { movers, keeping } = house
  for (const limit = performance.now() + 8000; ; ) {
    if (store.isDead) throw new Error('killed')
    const run = await house.run(1)
    if (performance.now() > limit)
      throw new Error(
        `the run stays ${run.state}: ${JSON.stringify([run.totals.tasks, await house.engine.jobs.countByState(aCaller())])}`,
      )
    if (run.state === 'paused') await house.workflows.control(aCaller(), 1, 'resume')
    const [jobId] = movers.runningIds()
    if (jobId === undefined && (await isAllOver(house, run))) return
    if (jobId === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    const order = await keeping.desk.order({ jobId, attempt: movers.attemptOf(jobId) })
    if (order) await doTask(house, jobId, order)
    else await keeping.desk.ended({ jobId, attempt: movers.attemptOf(jobId) }, STOPPED)
    movers.end(jobId)
  }
}

/** All of it. */
const whole: Story['standing'] = ({ state, totals }, tasks) => ({
  ...{ state, totals },
  tasks: tasks.map(({ name, state: of, pathCount }) => `${name} ${of} ${pathCount}`).toSorted(),
})

/** But for how a pause that came at another moment parted its tasks. */
const together: Story['standing'] = ({ state, totals: { tasks: _parts, ...totals } }, tasks) => ({
  ...{ state, totals },
  paths: Object.entries(Object.groupBy(tasks, ({ name }) => name))
    .map(([name, ofName = []]) => `${name} ${ofName.reduce((sum, { pathCount }) => sum + pathCount, 0)}`)
    .toSorted(),
})

async function isAllOver({ engine }: WorkflowHouse, run: Run): Promise<boolean> {
  const { queued, running, idle } = await engine.jobs.countByState(aCaller())
  return run.completedAt !== null && !queued && !running && !idle
}

const pauseAndResume = async ({ workflows }: WorkflowHouse) => {
  const { state } = await workflows.run(aCaller(), 1)
  if (state === 'pending' || state === 'started') await workflows.control(aCaller(), 1, 'pause')
  const paused = await workflows.run(aCaller(), 1)
  if (paused.state === 'pausing' || paused.state === 'paused') await workflows.control(aCaller(), 1, 'resume')
}

/** Once, and while its first task runs. */
const pauseInTheMidst = async (house: WorkflowHouse) => {
  const isTold = () => house.movers.signals.length > 0
  for (;;) {
    const { state, totals } = await house.run(1)
    if (isTold() || (state !== 'pending' && state !== 'started')) return
    if (totals.tasks.started > 0) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  await house.workflows.control(aCaller(), 1, 'pause')
}

const cancel = async ({ workflows }: WorkflowHouse) => {
  const { state } = await workflows.run(aCaller(), 1)
  if (state === 'pending' || state === 'started') await workflows.control(aCaller(), 1, 'cancel')
}

const SEND = { workflow: 'send', fields: { destinationsite: 'two' } }
const GIVEN = { discovery: null, paths: Array.from({ length: 4500 }, (_, n) => ({ path: `/data/${n}` })) }

const STORIES: Readonly<Record<string, Story & { end: object }>> = {
  'to its end': {
    submission: SEND,
    steer: async () => {},
    standing: whole,
    end: {
      state: 'error',
      totals: { discovered: 4, outcomes: { processed: 3, failed: 1 }, tasks: { pending: 0, started: 0 } },
    },
  },
  'through a pause': {
    submission: SEND,
    steer: pauseAndResume,
    standing: together,
    end: { state: 'error', totals: { discovered: 4, outcomes: { processed: 3, failed: 1 } } },
  },
  'through a pause in the midst of its discovery': {
    submission: SEND,
    steer: pauseInTheMidst,
    standing: whole,
    end: {
      totals: { discovered: 4, outcomes: { processed: 3, failed: 1 } },
      tasks: expect.arrayContaining([
        'dynamo.tasks.recursive_navigate success 2',
        'dynamo.tasks.recursive_navigate success 2',
      ]),
    },
  },
  'through a pause in the midst of a batch': {
    submission: { ...SEND, discovery: null, paths: Array.from({ length: 6 }, (_, n) => ({ path: `/data/${n}` })) },
    steer: pauseInTheMidst,
    standing: whole,
    end: {
      state: 'success',
      totals: { movedBytes: 120, outcomes: { processed: 6, skipped: 0, aborted: 0, failed: 0 } },
      tasks: [
        ...['dynamo.tasks.migrate success 3', 'dynamo.tasks.migrate success 3'],
        ...['dynamo.tasks.reverse_stub success 3', 'dynamo.tasks.reverse_stub success 3'],
      ],
    },
  },
  'into its cancellation': {
    submission: GIVEN,
    steer: cancel,
    standing: ({ state, totals: { tasks, outcomes } }) => ({
      ...{ state, pending: tasks.pending, started: tasks.started },
      paths: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    }),
    end: { state: 'cancelled', pending: 0, started: 0, paths: 4500 },
  },
  'of a snapdiff, whose last task is one': {
    submission: { workflow: 'site_sync', fields: { destinationsite: 'two' } },
    steer: async () => {},
    standing: whole,
    end: { state: 'success', tasks: expect.arrayContaining(['dynamo.tasks.rotate_snapshot success 1']) },
  },
}

describe.each(Object.entries(STORIES))('a run %s', (_name, story) => {
  async function lives(killAt: number) {
    const house = new WorkflowHouse()
    const first = new KilledStore(killAt)
    if (!(await live(house, first, story))) {
      await house.close()
      await live(house, new KilledStore(Number.POSITIVE_INFINITY), story)
    }
    const { workflows } = house.store
    const tasks = await workflows.tasks(1, { offset: 0, limit: 100 })
    const end = story.standing((await workflows.run(1))!, tasks)
    await house.close()
    return { end, calls: first.calls }
  }

  test('comes to the same, wherever the server is killed', { timeout: 300_000 }, async () => {
    const unkilled = await lives(Number.POSITIVE_INFINITY)
    expect(unkilled.end).toMatchObject(story.end)
    const deaths = unkilled.calls.map((name, index) => ({ name, killAt: index + 1 }))
    while (deaths.length > 0) {
      const ends = deaths.splice(0, AT_A_TIME).map(async ({ name, killAt }) => {
        const { end } = await lives(killAt)
        expect(end, `killed at write ${killAt}, ${name}`).toEqual(unkilled.end)
      })
      await Promise.all(ends)
    }
  })
})
