import { describe, expect, test } from 'vitest'
import { HandExecutor } from '../../support/hand-executor.ts'
import { aCaller, aSubmission, type HouseOptions, makeHouse } from '../../support/house.ts'

const alice = aCaller()
const LANE = 'Lane:site1.default.worker'
const aTask = (changes = {}) =>
  aSubmission({ command: 'dynamo.tasks.migrate site1 42/7', resources: `${LANE}/1`, rerunnable: true, ...changes })

async function makeYard(options: HouseOptions = {}) {
  const movers = new HandExecutor({ lanes: { [LANE]: 2 } })
  return { ...(await makeHouse({ ...options, movers })), movers }
}

describe('tasks of workflows', () => {
  test('go to the movers by their lanes, and take nothing of the host', async () => {
    const { engine, executor, movers } = await makeYard({ slots: 1 })
    const job = await engine.jobs.submit(alice, aSubmission())
    const tasks = await Promise.all([1, 2, 3].map(() => engine.jobs.submit(alice, aTask())))
    await executor.ordered(1)
    await movers.ordered(2)
    expect(executor.orders.map(({ jobId }) => jobId)).toEqual([job.id])
    expect(movers.orders).toMatchObject([
      { jobId: tasks[0]!.id, argv: ['yardmaster-task', 'dynamo.tasks.migrate', 'site1', '42/7'], account: null },
      { jobId: tasks[1]!.id },
    ])
    expect(await engine.jobs.get(alice, tasks[0]!.id)).toMatchObject({ run: { host: 'node01', held: { [LANE]: 1 } } })
    expect(engine.heldOn('node01')).toEqual({ SLOTS: 1, CORES: 1, PERCENT: 1 })
    expect(engine.hosts()).toHaveLength(1)
    expect(await engine.jobs.why(alice, tasks[2]!.id)).toEqual([
      `It waits for resources of node01: ${LANE}: 1 asked, 0 of 2 free.`,
    ])
    movers.end(tasks[0]!.id)
    await movers.ordered(3)
  })

  test('that wait for a lane let jobs by, and are no reason not to send brief jobs ahead', async () => {
    const { engine, executor, movers } = await makeYard({ slots: 1 })
    await engine.jobs.submit(alice, aTask())
    await engine.jobs.submit(alice, aTask())
    await movers.ordered(2)
    await engine.jobs.submit(alice, aTask({ priority: 15 }))
    const jobs = await Promise.all([1, 2, 3, 4, 5].map(() => engine.jobs.submit(alice, aSubmission())))
    await executor.ordered(1)
    executor.end(jobs[0]!.id)
    await executor.ordered(5)
    expect(executor.runningCount()).toBe(1)
  })

  test('are stopped and suspended where they run', async () => {
    const { engine, executor, movers, next } = await makeYard()
    const { id } = await engine.jobs.submit(alice, aTask())
    await movers.ordered(1)
    const suspended = next('suspend', id)
    await engine.jobs.control(alice, id, { action: 'suspend' })
    movers.say({ kind: 'suspended', jobId: id, attempt: 1, at: 5 })
    await suspended
    await engine.jobs.control(alice, id, { action: 'stop' })
    expect(movers.signals.map(({ action }) => action)).toEqual(['suspend', 'stop'])
    expect(executor.signals).toEqual([])
  })

  test('of a site that is not set up wait, and say so', async () => {
    const { engine } = await makeYard()
    const { id } = await engine.jobs.submit(alice, aTask({ resources: 'Lane:nowhere.default.worker/1' }))
    expect(await engine.jobs.why(alice, id)).toEqual([
      'It waits for resources of node01: Lane:nowhere.default.worker (nothing offers it).',
    ])
  })
})

describe('of two executors', () => {
  test('each is compared with its own jobs alone when it comes back', async () => {
    const { engine, executor, movers, next } = await makeYard()
    const job = await engine.jobs.submit(alice, aSubmission())
    const task = await engine.jobs.submit(alice, aTask({ rerunnable: false }))
    await executor.ordered(1)
    await movers.ordered(1)
    executor.connect()
    movers.disconnect()
    movers.forget(task.id)
    movers.epoch = 'epoch-2'
    const lost = next('lose', task.id)
    movers.connect()
    await lost
    expect((await engine.jobs.get(alice, job.id)).state).toBe('running')
    expect(executor.orders).toHaveLength(1)
    expect(movers.orders).toHaveLength(1)
  })

  test('one that is out of reach does not keep the other’s jobs waiting', async () => {
    const { engine, executor, movers } = await makeYard()
    await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    executor.disconnect()
    const job = await engine.jobs.submit(alice, aSubmission())
    const task = await engine.jobs.submit(alice, aTask())
    await movers.ordered(1)
    expect(movers.orders[0]?.jobId).toBe(task.id)
    expect(await engine.jobs.why(alice, job.id)).toEqual(['It waits for a tasker: none is connected.'])
    movers.disconnect()
    executor.connect()
    await executor.ordered(2)
    expect(executor.orders[1]?.jobId).toBe(job.id)
  })

  test('a new server sends a task again to the movers that never got it', async () => {
    const house = await makeYard()
    const { id } = await house.engine.jobs.submit(alice, aTask())
    await house.movers.ordered(1)
    house.movers.forget(id)
    await house.restart()
    await house.movers.ordered(2)
    expect(house.movers.orders[1]).toMatchObject({ jobId: id, attempt: 1 })
    expect(house.executor.orders).toEqual([])
  })
})
