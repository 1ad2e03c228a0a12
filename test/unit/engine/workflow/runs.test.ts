import { describe, expect, test, vi } from 'vitest'
import { aCaller } from '../../../support/house.ts'
import { anEntry, PATIENCE, WorkflowHouse } from '../../../support/workflow-house.ts'

describe('a run', () => {
  test('discovers, does its steps, and ends with what they came to', async () => {
    const house = await new WorkflowHouse().open()
    const run = await house.submit()
    expect(run).toMatchObject({ id: 1, state: 'pending', owner: 'alice', queue: 'default', discovery: 'recursive' })
    const [discovery] = await house.tasks(run.id)
    expect(discovery).toMatchObject({ name: 'dynamo.tasks.recursive_navigate', lane: 'discovery', state: 'pending' })
    expect(await house.order(discovery!.id)).toMatchObject({ kind: 'discovery', paths: ['/data/x'], sequence: 0 })
    await house.until(run.id, 'started')
    await house.find(discovery!.id, 0, [anEntry('/data/x/a'), anEntry('/data/x/b')])
    await house.end(discovery!.id)
    const [, step] = await house.tasks(run.id)
    expect(step).toMatchObject({ name: 'dynamo.tasks.migrate', pathCount: 2, arguments: { lock_level: 'partial' } })
    await house.end(step!.id, { '/data/x/b': 'skipped' })
    expect(await house.until(run.id, 'success')).toMatchObject({
      totals: {
        discovered: 2,
        discoveredBytes: 20,
        movedBytes: 10,
        outcomes: { processed: 1, skipped: 1, aborted: 0, failed: 0 },
        tasks: { pending: 0, started: 0, success: 2 },
      },
    })
    expect(await house.workflows.paths(aCaller(), step!.id)).toMatchObject({
      entries: [{ path: '/data/x/a' }, { path: '/data/x/b' }],
      outcomes: [{ outcome: 'processed' }, { outcome: 'skipped' }],
    })
  })

  test('is a job of the engine for each of its tasks', async () => {
    const house = await new WorkflowHouse().open()
    const run = await house.submit()
    const [task] = await house.tasks(run.id)
    const job = await house.engine.jobs.get(aCaller(), task!.jobId)
    expect(job.request).toMatchObject({
      user: 'alice',
      command: `dynamo.tasks.recursive_navigate one 1/${task!.id}`,
      tool: 'dynamo.tasks.recursive_navigate',
      resources: 'Lane:one.default.discovery/1',
      jobname: 'hub-1',
      rerunnable: true,
      logfile: null,
    })
  })

  test('goes on with what was processed on the site of the next step, and counts each path once', async () => {
    const house = await new WorkflowHouse().open()
    const fields = { destinationsite: 'two' }
    const paths = ['/data/a', '/data/b', '/data/c'].map((path) => ({ path }))
    const run = await house.submit({ workflow: 'send', discovery: null, fields, paths })
    const [first] = await house.tasks(run.id)
    await house.end(first!.id, { '/data/b': 'failed' })
    const [, second] = await house.tasks(run.id)
    expect(second).toMatchObject({ name: 'dynamo.tasks.reverse_stub', site: 'two', parent: first!.id, pathCount: 2 })
    expect(await house.order(second!.id)).toMatchObject({ origin: { name: 'one' }, site: { name: 'two' } })
    await house.end(second!.id)
    const { totals } = await house.until(run.id, 'error')
    expect(totals.outcomes).toEqual({ processed: 2, failed: 1, skipped: 0, aborted: 0 })
  })

  test('goes on with paths that were so before, also where none was left to do', async () => {
    const house = await new WorkflowHouse().open()
    const paths = ['/data/a', '/data/b'].map((path) => ({ path }))
    const run = await house.submit({ workflow: 'send', discovery: null, fields: { destinationsite: 'two' }, paths })
    const [first] = await house.tasks(run.id)
    const already = { outcome: 'skipped', message: 'it is premigrated already', movedBytes: 0, already: true } as const
    const skipped = { path: '/data/b', outcome: 'skipped', message: 'it has 2 hard links', movedBytes: 0 } as const
    const end = { outcomes: [{ path: '/data/a', ...already }, skipped], failure: null, stopped: false }
    await house.endWith(first!.id, end)
    const [, second] = await house.tasks(run.id)
    expect(second).toMatchObject({ name: 'dynamo.tasks.reverse_stub', site: 'two', pathCount: 1 })
    await house.end(second!.id)
    const { totals } = await house.until(run.id, 'success')
    expect(totals.outcomes).toEqual({ processed: 1, failed: 0, skipped: 1, aborted: 0 })
  })

  test('says which paths its discovery could not look into, and why', async () => {
    const house = await new WorkflowHouse().open()
    const run = await house.submit()
    const [discovery] = await house.tasks(run.id)
    const refused = { path: '/data/x', outcome: 'failed', message: 'there is no such file', movedBytes: 0 } as const
    await house.endWith(discovery!.id, { outcomes: [refused], failure: null, stopped: false })
    await house.until(run.id, 'error')
    expect(await house.workflows.paths(aCaller(), discovery!.id)).toMatchObject({
      entries: [{ path: '/data/x' }],
      outcomes: [{ path: '/data/x', outcome: 'failed', message: 'there is no such file' }],
    })
  })

  test('with nothing to do is skipped', async () => {
    const house = await new WorkflowHouse().open()
    const run = await house.submit()
    const [discovery] = await house.tasks(run.id)
    await house.end(discovery!.id)
    await house.until(run.id, 'skipped')
    const filter = { hideNoop: true }
    const order = { field: 'id', descending: true } as const
    expect(await house.workflows.runs(aCaller(), { filter, order, offset: 0, limit: 10 })).toEqual([])
  })

  test('whose task fails as a whole is a failure, and its paths can be submitted again', async () => {
    const house = await new WorkflowHouse().open()
    const paths = ['/data/a', '/data/b'].map((path) => ({ path }))
    const run = await house.submit({ discovery: null, paths })
    const [task] = await house.tasks(run.id)
    await expect(house.workflows.resubmit(aCaller(), run.id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^Cannot resubmit a job in state (PENDING|STARTED)\.$/),
    })
    await house.endWith(task!.id, { outcomes: [], failure: 'no disk', stopped: false })
    const ended = await house.until(run.id, 'failure')
    expect(ended.totals.outcomes.failed).toBe(2)
    const again = await house.workflows.resubmit(aCaller(), run.id)
    expect(again).toMatchObject({ id: 2, discovery: null, paths: [{ path: '/data/a' }, { path: '/data/b' }] })
  })

  test('shows how far its running tasks are', async () => {
    const house = await new WorkflowHouse().open()
    const run = await house.submit({ discovery: null })
    const [task] = await house.tasks(run.id)
    await house.order(task!.id)
    await house.until(run.id, 'started')
    const attempt = { jobId: task!.id, attempt: 1 }
    house.keeping.desk.progress(attempt, { done: 1, movedBytes: 7 })
    expect((await house.run(run.id)).totals).toMatchObject({ movedBytes: 7, outcomes: { processed: 1 } })
    expect(await house.workflows.task(aCaller(), task!.id)).toMatchObject({ movedBytes: 7 })
  })

  test('keeps the engine from a queue of all its tasks', async () => {
    const house = await new WorkflowHouse().open()
    const run = await house.submit()
    const [discovery] = await house.tasks(run.id)
    const large = { sizeBytes: 2 ** 33 }
    for (const sequence of [0, 1, 2])
      await house.find(
        discovery!.id,
        sequence,
        Array.from({ length: 1000 }, (_, n) => anEntry(`/data/x/${sequence}.${n}`, large)),
      )
    const counts = await house.engine.jobs.countByState(aCaller())
    expect(counts.queued).toBeGreaterThan(1900)
    expect(counts.queued).toBeLessThanOrEqual(2000)
    expect((await house.run(run.id)).totals.tasks.pending).toBe(3000 - house.movers.runningCount() + 1)
  })
})

describe('steering', () => {
  test('cancel ends what waits, stops what runs, and is the end of the run', async () => {
    const house = await new WorkflowHouse().open()
    const paths = Array.from({ length: 3500 }, (_, n) => ({ path: `/data/${n}` }))
    const run = await house.submit({ discovery: null, paths })
    await vi.waitUntil(() => house.movers.runningCount() === 2, PATIENCE)
    await house.until(run.id, 'started')
    await vi.waitFor(async () => expect((await house.run(run.id)).totals.tasks.started).toBe(2), PATIENCE)
    expect(await house.workflows.control(aCaller(), run.id, 'cancel')).toMatchObject({ state: 'dequeuing' })
    const running = house.movers.runningIds()
    expect(house.movers.signals.map(({ jobId, action }) => [jobId, action])).toEqual(running.map((id) => [id, 'stop']))
    for (const id of running) {
      const attempt = { jobId: id, attempt: 1 }
      await house.keeping.desk.ended(attempt, { outcomes: [], failure: null, stopped: true })
      house.movers.end(id, { cause: 'stopped', exitCode: null })
    }
    expect(await house.until(run.id, 'cancelled')).toMatchObject({ totals: { tasks: { cancelled: 4, pending: 0 } } })
    expect(await house.engine.jobs.countByState(aCaller())).not.toHaveProperty('queued')
    await expect(house.workflows.control(aCaller(), run.id, 'pause')).rejects.toMatchObject({
      code: 'conflict',
      message: 'Cannot pause a job in state CANCELLED.',
    })
  })

  test('pause takes what waits out of the queue, and resume puts it back', async () => {
    const house = await new WorkflowHouse().open()
    const paths = Array.from({ length: 3500 }, (_, n) => ({ path: `/data/${n}` }))
    const run = await house.submit({ discovery: null, paths })
    await vi.waitFor(async () => expect((await house.run(run.id)).totals.tasks.started).toBe(2), PATIENCE)
    expect((await house.workflows.control(aCaller(), run.id, 'pause')).state).toBe('pausing')
    for (const id of house.movers.runningIds()) await house.end(id)
    await house.until(run.id, 'paused')
    expect(await house.engine.jobs.countByState(aCaller())).toMatchObject({ idle: 2 })
    expect((await house.workflows.control(aCaller(), run.id, 'resume')).state).toBe('started')
    expect(await house.finish(run.id)).toMatchObject({ state: 'success', totals: { outcomes: { processed: 3500 } } })
  })

  /** A run whose tasks run, as many as there are places. */
  async function running(house: WorkflowHouse, submission: Parameters<WorkflowHouse['submit']>[0], started: number) {
    const { id } = await house.submit(submission)
    await vi.waitFor(async () => expect((await house.run(id)).totals.tasks.started).toBe(started), PATIENCE)
    return id
  }
  const given = (count: number) => ({
    discovery: null,
    paths: Array.from({ length: count }, (_, n) => ({ path: `/data/${n}` })),
  })
  const signalsOf = ({ movers }: WorkflowHouse) => movers.signals.map(({ jobId, action }) => [jobId, action])

  test('pause lets a task end early, and what it left goes on after resume, each path counted once', async () => {
    const house = await new WorkflowHouse().open()
    const id = await running(house, { workflow: 'send', fields: { destinationsite: 'two' }, ...given(10) }, 1)
    const [task] = await house.tasks(id)
    await house.workflows.control(aCaller(), id, 'pause')
    expect(signalsOf(house)).toEqual([[task!.id, 'yield']])
    await house.yieldAfter(task!.id, 4)
    expect((await house.until(id, 'paused')).totals).toMatchObject({
      movedBytes: 40,
      tasks: { pending: 2, success: 1 },
    })
    const [first, rest, next] = await house.tasks(id)
    expect(first).toMatchObject({ state: 'success', pathCount: 4, message: expect.stringContaining('6 more paths') })
    expect(next).toMatchObject({ name: 'dynamo.tasks.reverse_stub', parent: first!.id, pathCount: 4 })
    expect(rest).toMatchObject({ name: 'dynamo.tasks.migrate', parent: null, pathCount: 6, rule: 0, step: 0 })
    expect((await house.workflows.paths(aCaller(), first!.id)).entries).toHaveLength(4)
    expect(house.movers.runningCount()).toBe(0)
    await house.workflows.control(aCaller(), id, 'resume')
    const { state, totals } = await house.finish(id)
    expect({ state, ...totals }).toMatchObject({
      state: 'success',
      movedBytes: 200,
      outcomes: { processed: 10, skipped: 0, aborted: 0, failed: 0 },
      tasks: { success: 4, pending: 0, started: 0 },
    })
  })

  test('a task that had not begun when it ended early leaves all, and is skipped', async () => {
    const house = await new WorkflowHouse().open()
    const id = await running(house, given(3), 1)
    const [task] = await house.tasks(id)
    await house.workflows.control(aCaller(), id, 'pause')
    await house.yieldAfter(task!.id, 0)
    await house.until(id, 'paused')
    expect(await house.tasks(id)).toMatchObject([
      { state: 'skipped', pathCount: 0 },
      { state: 'pending', pathCount: 3 },
    ])
    await house.workflows.control(aCaller(), id, 'resume')
    expect(await house.finish(id)).toMatchObject({ state: 'success', totals: { outcomes: { processed: 3 } } })
  })

  test('a run that is resumed before its task has ended early goes on at once', async () => {
    const house = await new WorkflowHouse().open()
    const id = await running(house, given(5), 1)
    const [task] = await house.tasks(id)
    await house.workflows.control(aCaller(), id, 'pause')
    await house.workflows.control(aCaller(), id, 'resume')
    await house.yieldAfter(task!.id, 2)
    expect(await house.finish(id)).toMatchObject({ state: 'success', totals: { outcomes: { processed: 5 } } })
  })

  test('a discovery that ended early goes on from where it stood', async () => {
    const house = await new WorkflowHouse().open()
    const id = await running(house, {}, 1)
    const [discovery] = await house.tasks(id)
    await house.find(discovery!.id, 0, [anEntry('/data/x/a')])
    await house.workflows.control(aCaller(), id, 'pause')
    await vi.waitUntil(() => house.movers.runningCount() === 2, PATIENCE)
    for (const { id: task, rule } of await house.tasks(id)) {
      if (rule < 0) await house.endWith(task, { outcomes: [], failure: null, stopped: false, left: [] })
      else await house.end(task)
    }
    await house.until(id, 'paused')
    await house.workflows.control(aCaller(), id, 'resume')
    const rest = (await house.tasks(id)).find(({ state, rule }) => state === 'pending' && rule < 0)
    expect(await house.order(rest!.id)).toMatchObject({ kind: 'discovery', sequence: 1, cursor: 'after 0' })
    await house.find(rest!.id, 1, [anEntry('/data/x/b')])
    expect(await house.finish(id)).toMatchObject({
      state: 'success',
      totals: { discovered: 2, outcomes: { processed: 2 } },
    })
  })

  test('of what is cancelled while it pauses, and of what never began, every path is aborted and says so', async () => {
    const house = await new WorkflowHouse().open()
    const id = await running(house, { workflow: 'send', fields: { destinationsite: 'two' }, ...given(3500) }, 2)
    await house.workflows.control(aCaller(), id, 'pause')
    await house.workflows.control(aCaller(), id, 'cancel')
    const [one, two] = house.movers.runningIds()
    await house.yieldAfter(one!, 300)
    const unbegun = { outcomes: [], failure: 'The task was stopped before it began.', stopped: true }
    await house.keeping.desk.ended({ jobId: two!, attempt: 1 }, unbegun)
    house.movers.end(two!, { cause: 'stopped', exitCode: null })
    const { totals } = await house.until(id, 'cancelled')
    expect(totals.outcomes).toEqual({ processed: 0, skipped: 0, aborted: 3500, failed: 0 })
    for (const { id: task } of await house.tasks(id)) {
      const { entries, outcomes } = await house.workflows.paths(aCaller(), task)
      expect(outcomes).toHaveLength(entries.length)
      for (const { outcome, message } of outcomes) if (outcome === 'aborted') expect(message).not.toBe('')
    }
    const again = await house.workflows.resubmit(aCaller(), id)
    expect(again.paths).toHaveLength(3500)
  })

  test('of a run that was cancelled before all was found, everything is submitted again', async () => {
    const house = await new WorkflowHouse().open()
    const id = await running(house, {}, 1)
    const [discovery] = await house.tasks(id)
    await house.find(discovery!.id, 0, [anEntry('/data/x/a')])
    await house.workflows.control(aCaller(), id, 'cancel')
    for (const { id: task, state } of await house.tasks(id)) {
      if (state === 'cancelled') continue
      await house.keeping.desk.ended(
        { jobId: task, attempt: 1 },
        { outcomes: [], failure: null, stopped: true, left: [] },
      )
      house.movers.end(task, { cause: 'stopped', exitCode: null })
    }
    const { totals } = await house.until(id, 'cancelled')
    expect(totals).toMatchObject({ discovered: 1, outcomes: { aborted: 1 } })
    const again = await house.workflows.resubmit(aCaller(), id)
    expect(again).toMatchObject({ discovery: 'recursive', paths: [{ path: '/data/x' }] })
  })

  test('is for the owner and for those above', async () => {
    const house = await new WorkflowHouse().open()
    const { id } = await house.submit()
    const refused = { code: 'forbidden' }
    await expect(house.workflows.control(aCaller('bob'), id, 'cancel')).rejects.toMatchObject(refused)
    await expect(house.submit({}, aCaller('eve', 'readonly'))).rejects.toMatchObject(refused)
    expect(await house.workflows.control(aCaller('bob', 'leader'), id, 'pause')).toMatchObject({ id })
  })

  test('a task whose job is taken away by the means of the engine is a failure of its run', async () => {
    const house = await new WorkflowHouse().open()
    const paths = Array.from({ length: 2500 }, (_, n) => ({ path: `/data/${n}` }))
    const run = await house.submit({ discovery: null, paths })
    await vi.waitUntil(() => house.movers.runningCount() === 2, PATIENCE)
    const waiting = (await house.tasks(run.id)).find(({ id }) => !house.movers.runs(id))
    await house.engine.jobs.control(aCaller(), waiting!.id, { action: 'stop' })
    const ended = await house.finish(run.id)
    expect(ended.state).toBe('failure')
    expect(await house.workflows.task(aCaller(), waiting!.id)).toMatchObject({ state: 'failure' })
  })

  test('a task whose mover is lost begins again', async () => {
    const house = await new WorkflowHouse().open()
    const run = await house.submit({ discovery: null })
    const [task] = await house.tasks(run.id)
    await house.order(task!.id)
    house.movers.forget(task!.id)
    house.movers.say({ kind: 'lost', jobId: task!.id, attempt: 1, at: 5, reason: 'gone' })
    await vi.waitUntil(() => house.movers.attemptOf(task!.id) === 2, PATIENCE)
    await house.keeping.desk.ended({ jobId: task!.id, attempt: 1 }, { outcomes: [], failure: 'late', stopped: false })
    expect(await house.finish(run.id)).toMatchObject({ state: 'success' })
  })
})
