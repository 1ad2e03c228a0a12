import { describe, expect, test, vi } from 'vitest'
import { DomainError } from '../../../src/base/errors.ts'
import { aCaller, aSubmission, makeHouse } from '../../support/house.ts'

const alice = aCaller()
const bob = aCaller('bob')

describe('submitting and running', () => {
  test('a submitted job starts at once, and its exit makes it Done with what it used', async () => {
    const { engine, executor, next } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission({ command: 'echo hi', env: 'BASE+D(A=1)' }))
    await executor.ordered(1)
    expect(executor.orders[0]).toMatchObject({
      jobId: id,
      attempt: 1,
      argv: ['echo', 'hi'],
      env: { A: '1', USER: 'yard', VOV_JOBID: String(id) },
      account: null,
    })
    const ended = next('exit', id)
    executor.end(id, { exitCode: 0, cpuMs: 12, maxRamMb: 34 })
    expect(await ended).toMatchObject({ state: 'done', end: { cause: null, exitCode: 0, cpuMs: 12, maxRamMb: 34 } })
    await vi.waitFor(() => expect(executor.acknowledged).toEqual([{ jobId: id, attempt: 1 }]))
  })

  test('an illegal exit status makes it Failed, unless the job calls it legal', async () => {
    const { engine, executor, next } = await makeHouse()
    const first = await engine.jobs.submit(alice, aSubmission())
    const second = await engine.jobs.submit(alice, aSubmission({ legalExit: [0, 3] }))
    await executor.ordered(2)
    const failed = next('exit', first.id)
    executor.end(first.id, { exitCode: 3 })
    expect(await failed).toMatchObject({ state: 'failed', end: { cause: 'exit' }, reason: 'exited with status 3' })
    const done = next('exit', second.id)
    executor.end(second.id, { exitCode: 3 })
    expect((await done).state).toBe('done')
  })

  test('no more jobs run than the host has slots, and the next starts when one ends', async () => {
    const { engine, executor } = await makeHouse({ slots: 2 })
    const jobs = await Promise.all([1, 2, 3, 4].map(() => engine.jobs.submit(alice, aSubmission())))
    await executor.ordered(2)
    expect(executor.orders.map(({ jobId }) => jobId)).toEqual([jobs[0]!.id, jobs[1]!.id])
    expect(engine.heldOn('node01').SLOTS).toBe(2)
    executor.end(jobs[0]!.id)
    await executor.ordered(3)
    expect(executor.orders[2]?.jobId).toBe(jobs[2]!.id)
    expect(engine.heldOn('node01').SLOTS).toBe(2)
  })

  test('higher priority goes first, then who came first', async () => {
    const { engine, executor } = await makeHouse({ slots: 1 })
    const running = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    const low = await engine.jobs.submit(alice, aSubmission({ priority: 1 }))
    const first = await engine.jobs.submit(bob, aSubmission({ priority: 8 }))
    const second = await engine.jobs.submit(alice, aSubmission({ priority: 8 }))
    executor.end(running.id)
    await executor.ordered(2)
    executor.end(first.id)
    await executor.ordered(3)
    executor.end(second.id)
    await executor.ordered(4)
    expect(executor.orders.map(({ jobId }) => jobId)).toEqual([running.id, first.id, second.id, low.id])
  })

  test('a job whose memory is not free lets a later one by, and says what it waits for', async () => {
    const { engine, executor } = await makeHouse({ slots: 4, ramMb: 1000 })
    await engine.jobs.submit(alice, aSubmission({ resources: 'RAM/800' }))
    const big = await engine.jobs.submit(alice, aSubmission({ resources: 'RAM/500', priority: 15 }))
    const small = await engine.jobs.submit(alice, aSubmission({ priority: 1 }))
    await executor.ordered(2)
    expect(executor.orders[1]?.jobId).toBe(small.id)
    expect(await engine.jobs.why(alice, big.id)).toEqual([
      'It waits for resources of node01: RAM: 500 asked, 200 of 1000 free.',
    ])
  })

  test('more jobs than a bucket keeps ready all run, in order', async () => {
    const { engine, executor } = await makeHouse({ slots: 1 })
    const jobs = await Promise.all(Array.from({ length: 100 }, () => engine.jobs.submit(alice, aSubmission())))
    for (const [index, job] of jobs.entries()) {
      await executor.ordered(index + 1)
      executor.end(job.id)
    }
    expect(executor.orders.map(({ jobId }) => jobId)).toEqual(jobs.map(({ id }) => id))
  })

  test('the same logfile is refused, naming whose it is', async () => {
    const { engine } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission({ logfile: 'same' }))
    await expect(engine.jobs.submit(bob, aSubmission({ logfile: './same' }))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`job ${id}`),
    })
  })

  test.each([
    [{ rundir: 'relative' }, 'rundir'],
    [{ env: 'NONE' }, 'env'],
    [{ resources: 'RAM/' }, 'resources'],
    [{ command: ' ' }, 'command'],
    [{ logfile: 'a\0b' }, 'logfile'],
  ])('%o is refused, naming the key', async (changes, key) => {
    const { engine } = await makeHouse()
    const refusal = engine.jobs.submit(alice, aSubmission(changes))
    await expect(refusal).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(`^${key}: `) })
  })

  test('the submitter’s environment comes back in SNAPSHOT', async () => {
    const { engine, executor } = await makeHouse()
    await engine.jobs.submit(alice, aSubmission({ env: 'SNAPSHOT', snapshot: { PATH: '/p', X: 'y' } }))
    await executor.ordered(1)
    expect(executor.orders[0]?.env).toMatchObject({ PATH: '/p', X: 'y' })
  })

  test('when jobs run as their submitters, a user without an account on the host is refused', async () => {
    const { engine } = await makeHouse({ runAs: 'submitter', findAccount: async () => undefined })
    await expect(engine.jobs.submit(alice, aSubmission())).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('jobs of a few milliseconds', () => {
  test('are sent ahead of a free slot once one of them has shown how brief they are', async () => {
    const { engine, executor, clock } = await makeHouse({ slots: 1 })
    const jobs = await Promise.all(Array.from({ length: 5 }, () => engine.jobs.submit(alice, aSubmission())))
    await executor.ordered(1)
    expect(executor.orders).toHaveLength(1)
    executor.end(jobs[0]!.id, { at: clock.now() + 2 })
    await executor.ordered(5)
    expect(executor.orders[4]?.place).toEqual({ atMost: 1, patienceMs: 1000 })
    expect(executor.orders.map(({ jobId }) => jobId)).toEqual(jobs.map(({ id }) => id))
    expect(executor.runningCount()).toBe(1)
    expect(engine.heldOn('node01').SLOTS).toBe(1)
  })

  test('are not sent ahead while they take longer, or ask for more than a slot', async () => {
    const { engine, executor, clock } = await makeHouse({ slots: 1 })
    const long = await Promise.all([1, 2, 3].map(() => engine.jobs.submit(alice, aSubmission())))
    await executor.ordered(1)
    executor.end(long[0]!.id, { at: clock.now() + 5000 })
    await executor.ordered(2)
    expect(executor.orders).toHaveLength(2)
    const big = await Promise.all(
      [1, 2].map(() => engine.jobs.submit(bob, aSubmission({ resources: 'RAM/5', priority: 9 }))),
    )
    executor.end(long[1]!.id, { at: clock.now() + 1 })
    await executor.ordered(3)
    executor.end(big[0]!.id, { at: clock.now() + 1 })
    await executor.ordered(4)
    expect(executor.orders.map(({ place }) => place !== undefined)).toEqual([true, true, false, false])
  })

  test('that found no place go back to the queue, and are not sent ahead again before one has run', async () => {
    const { engine, executor, clock, next } = await makeHouse({ slots: 1 })
    const jobs = await Promise.all([1, 2, 3].map(() => engine.jobs.submit(alice, aSubmission())))
    await executor.ordered(1)
    executor.end(jobs[0]!.id, { at: clock.now() + 1 })
    await executor.ordered(3)
    const back = next('schedule', jobs[2]!.id)
    executor.turnAway(jobs[2]!.id)
    expect((await back).state).toBe('queued')
    expect(executor.orders).toHaveLength(3)
    executor.end(jobs[1]!.id, { at: clock.now() + 1 })
    await executor.ordered(4)
    expect(executor.orders[3]).toMatchObject({ jobId: jobs[2]!.id, attempt: 2 })
  })
})

describe('control', () => {
  test('a queued job that is stopped becomes idle and runs again when it is rerun', async () => {
    const { engine, executor } = await makeHouse({ slots: 1 })
    const running = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    const { id } = await engine.jobs.submit(alice, aSubmission())
    expect((await engine.jobs.control(alice, id, { action: 'stop' })).state).toBe('idle')
    executor.end(running.id)
    expect((await engine.jobs.control(alice, id, { action: 'rerun', force: false, first: false })).state).toBe('queued')
    await executor.ordered(2)
    expect(executor.orders[1]?.jobId).toBe(id)
  })

  test('a running job that is stopped is signalled, and ends as stopped when the executor says so', async () => {
    const { engine, executor, next } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    await engine.jobs.control(alice, id, { action: 'stop', signals: ['TERM'] })
    expect(executor.signals).toMatchObject([{ jobId: id, attempt: 1, action: 'stop', signals: ['TERM'] }])
    const ended = next('exit', id)
    executor.end(id, { signal: 'SIGTERM', cause: 'stopped', reason: 'stopped with TERM' })
    expect(await ended).toMatchObject({ state: 'failed', end: { cause: 'stopped' } })
  })

  test('suspension and resumption follow what the executor confirms, and do not count as running time', async () => {
    const { engine, executor, next, clock } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    const suspended = next('suspend', id)
    await engine.jobs.control(alice, id, { action: 'suspend' })
    executor.say({ kind: 'suspended', jobId: id, attempt: 1, at: clock.now() + 1000 })
    expect((await suspended).state).toBe('suspended')
    const resumed = next('resume', id)
    await engine.jobs.control(alice, id, { action: 'resume' })
    executor.say({ kind: 'resumed', jobId: id, attempt: 1, at: clock.now() + 5000 })
    expect(await resumed).toMatchObject({ state: 'running', run: { suspendedMs: 4000 } })
  })

  test('a finished job runs again only when forced, and then as its next attempt', async () => {
    const { engine, executor, next } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    const ended = next('exit', id)
    executor.end(id)
    await ended
    const rerun = (force: boolean) => engine.jobs.control(alice, id, { action: 'rerun', force, first: false })
    await expect(rerun(false)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('force') })
    await rerun(true)
    await executor.ordered(2)
    expect(executor.orders[1]).toMatchObject({ jobId: id, attempt: 2 })
  })

  test('a job that is rerun first goes before all of its bucket', async () => {
    const { engine, executor } = await makeHouse({ slots: 1 })
    const jobs = []
    for (let count = 0; count < 4; count += 1) jobs.push(await engine.jobs.submit(alice, aSubmission()))
    await executor.ordered(1)
    await engine.jobs.control(alice, jobs[3]!.id, { action: 'rerun', force: false, first: true })
    executor.end(jobs[0]!.id)
    await executor.ordered(2)
    expect(executor.orders[1]?.jobId).toBe(jobs[3]!.id)
  })

  test('what the state does not allow is refused with the state', async () => {
    const { engine, executor } = await makeHouse({ slots: 1 })
    const running = await engine.jobs.submit(alice, aSubmission())
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    await expect(engine.jobs.control(alice, id, { action: 'resume' })).rejects.toThrow(/it is queued/)
    await expect(engine.jobs.control(alice, running.id, { action: 'dequeue' })).rejects.toThrow(/it is running/)
    await expect(engine.jobs.forget(alice, running.id)).rejects.toThrow(/stop it first/)
  })
})

describe('modification', () => {
  test('a queued job moves to the bucket of its new priority', async () => {
    const { engine, executor } = await makeHouse({ slots: 1 })
    const first = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    const second = await engine.jobs.submit(alice, aSubmission())
    const third = await engine.jobs.submit(alice, aSubmission())
    await engine.jobs.modify(alice, third.id, { priority: 8 })
    expect(engine.buckets().map(({ priority, queued }) => [priority, queued])).toEqual([
      [4, 1],
      [8, 1],
    ])
    executor.end(first.id)
    await executor.ordered(2)
    executor.end(third.id)
    await executor.ordered(3)
    expect(executor.orders.map(({ jobId }) => jobId)).toEqual([first.id, third.id, second.id])
  })

  test('a new command makes a finished job idle, and its command line follows', async () => {
    const { engine, executor, next } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission({ logfile: 'LOG' }))
    await executor.ordered(1)
    await expect(engine.jobs.modify(alice, id, { command: 'true' })).rejects.toMatchObject({ code: 'conflict' })
    const ended = next('exit', id)
    executor.end(id)
    await ended
    const job = await engine.jobs.modify(alice, id, { command: 'true' })
    expect(job).toMatchObject({ state: 'idle', end: null, request: { commandLine: 'vw true > LOG', tool: 'true' } })
  })

  test('a new list of legal exits judges the run anew', async () => {
    const { engine, executor, next } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    const ended = next('exit', id)
    executor.end(id, { exitCode: 4 })
    await ended
    expect((await engine.jobs.modify(alice, id, { legalExit: [0, 4] })).state).toBe('done')
  })
})

describe('permissions', () => {
  const leader = aCaller('lea', 'leader')
  const reader = aCaller('rita', 'readonly')
  const admin = aCaller('ada', 'admin')

  test('another’s job may be looked at by all, stopped and forgotten by a leader, changed by an administrator', async () => {
    const { engine, executor, next } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    expect((await engine.jobs.get(reader, id)).id).toBe(id)
    await expect(engine.jobs.control(bob, id, { action: 'stop' })).rejects.toMatchObject({ code: 'forbidden' })
    await engine.jobs.control(leader, id, { action: 'stop' })
    const ended = next('exit', id)
    executor.end(id)
    await ended
    await expect(engine.jobs.modify(leader, id, { priority: 8 })).rejects.toMatchObject({ code: 'forbidden' })
    await engine.jobs.modify(admin, id, { priority: 8 })
    await expect(engine.jobs.forget(bob, id)).rejects.toMatchObject({ code: 'forbidden' })
    await engine.jobs.forget(leader, id)
    await expect(engine.jobs.get(alice, id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a reader submits nothing', async () => {
    const { engine } = await makeHouse()
    await expect(engine.jobs.submit(reader, aSubmission())).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('whatever is killed', () => {
  test('a new server adopts what runs, and hears what ended meanwhile', async () => {
    const house = await makeHouse()
    const going = await house.engine.jobs.submit(alice, aSubmission())
    const over = await house.engine.jobs.submit(alice, aSubmission())
    const waiting = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(2)
    const { engine, executor, next } = await house.restart()
    const ended = next('exit', over.id)
    executor.end(over.id, { exitCode: 0 })
    expect((await ended).state).toBe('done')
    await executor.ordered(3)
    expect(executor.orders[2]).toMatchObject({ jobId: waiting.id, attempt: 1 })
    expect((await engine.jobs.get(alice, going.id)).state).toBe('running')
  })

  test('an order that the executor never got is sent again, as the same attempt', async () => {
    const house = await makeHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(1)
    house.executor.forget(id)
    const { executor } = await house.restart()
    await executor.ordered(2)
    expect(executor.orders[1]).toMatchObject({ jobId: id, attempt: 1 })
  })

  test('after the executor lost its journal nothing is started twice: the job ends as lost', async () => {
    const { engine, executor, next } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    executor.disconnect()
    executor.forget(id)
    executor.epoch = 'epoch-2'
    const lost = next('lose', id)
    executor.connect()
    expect(await lost).toMatchObject({ state: 'failed', end: { cause: 'lost' } })
    expect(executor.orders).toHaveLength(1)
    expect(await engine.jobs.why(alice, id)).toHaveLength(2)
  })

  test('a lost job that may be rerun takes its place in the queue again', async () => {
    const { engine, executor } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission({ rerunnable: true }))
    await executor.ordered(1)
    executor.forget(id)
    executor.say({ kind: 'lost', jobId: id, attempt: 1, at: 5, reason: 'the tasker was killed' })
    await executor.ordered(2)
    expect(executor.orders[1]).toMatchObject({ jobId: id, attempt: 2 })
    expect(executor.acknowledged).toEqual([{ jobId: id, attempt: 1 }])
  })

  test('a job for which no process could be made goes back to the queue and is tried again', async () => {
    const { engine, executor } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    executor.forget(id)
    executor.say({ kind: 'refused', jobId: id, attempt: 1, reason: 'fork: out of memory', retry: true })
    await executor.ordered(2)
    expect(executor.orders[1]).toMatchObject({ jobId: id, attempt: 2 })
  })

  test('an event of an earlier attempt changes nothing', async () => {
    const { engine, executor } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission({ rerunnable: true }))
    await executor.ordered(1)
    executor.say({ kind: 'lost', jobId: id, attempt: 1, at: 5, reason: 'x' })
    await executor.ordered(2)
    executor.say({
      kind: 'exited',
      jobId: id,
      attempt: 1,
      facts: { at: 1, exitCode: 9, signal: null, cpuMs: 0, maxRamMb: 0 },
    })
    expect((await engine.jobs.get(alice, id)).state).toBe('running')
  })

  test('while nothing can be stored, writers hear it, readers go on, and an exit is stored later', async () => {
    const { engine, executor, next, clock, store } = await makeHouse()
    const { id } = await engine.jobs.submit(alice, aSubmission())
    await executor.ordered(1)
    const { insert, replace } = store.jobs
    const full = async () => {
      throw new DomainError('unavailable', 'nothing was stored: the disk is full')
    }
    store.jobs.insert = full
    store.jobs.replace = full
    executor.end(id)
    await expect(engine.jobs.submit(alice, aSubmission())).rejects.toMatchObject({ code: 'unavailable' })
    expect((await engine.jobs.get(alice, id)).state).toBe('running')
    expect(executor.acknowledged).toEqual([])
    Object.assign(store.jobs, { insert, replace })
    const ended = next('exit', id)
    clock.turn(1000)
    expect((await ended).state).toBe('done')
  })

  test('ids are never given twice', async () => {
    const house = await makeHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    const { engine } = await house.restart()
    expect((await engine.jobs.submit(alice, aSubmission())).id).toBeGreaterThan(id)
  })
})

describe('forgetting by itself', () => {
  test('a finished job is forgotten when its time is over, but not one that is to be kept', async () => {
    const { engine, executor, next, clock } = await makeHouse()
    const gone = await engine.jobs.submit(alice, aSubmission())
    const kept = await engine.jobs.submit(alice, aSubmission({ autoforget: false }))
    await executor.ordered(2)
    for (const { id } of [gone, kept]) {
      const ended = next('exit', id)
      executor.end(id, { at: clock.now() })
      await ended
    }
    clock.turn(3_600_000)
    await vi.waitFor(async () => {
      clock.turn(30_000)
      await expect(engine.jobs.get(alice, gone.id)).rejects.toMatchObject({ code: 'not_found' })
    })
    expect((await engine.jobs.get(alice, kept.id)).state).toBe('done')
  })
})
