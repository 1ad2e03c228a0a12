import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { ExecutorEvent, StartOrder } from '../../../src/executor/executor.ts'
import { Journal } from '../../../src/tasker/journal.ts'
import { Keeper } from '../../../src/tasker/keeper.ts'
import { HandClock } from '../../support/clock.ts'
import { testFolder } from '../../support/folder.ts'
import { HandForker } from '../../support/hand-forker.ts'

const ATTEMPT = { jobId: 7, attempt: 1 }
const ORDER: StartOrder = {
  ...ATTEMPT,
  ...{ argv: ['true'], env: { A: 'b' }, rundir: '/', logfile: null, account: null },
  ...{ nice: 0, umask: 0, killAfterMs: 0, ramLimitMb: 0 },
}

function yard(path = join(testFolder(), 'journal')) {
  const clock = new HandClock()
  const log = vi.fn()
  const journal = new Journal(path, log)
  const forker = new HandForker()
  const told: ExecutorEvent[] = []
  const keeper = new Keeper({ clock, journal, forker, tell: (events) => told.push(...events), sampled: () => {} })
  return { clock, journal, forker, told, keeper, log, path }
}

/** What was asked for in this turn has been done. */
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))

async function runningYard(changes: Partial<StartOrder> = {}) {
  const parts = yard()
  parts.keeper.start({ ...ORDER, ...changes })
  await turn()
  parts.forker.started(0)
  await turn()
  return parts
}

describe('starting', () => {
  test('writes down what it is about to do before it does it', async () => {
    const { forker, keeper, path } = yard()
    let written = ''
    forker.onFork = () => {
      written = readFileSync(path, 'utf8')
    }
    keeper.start(ORDER)
    await turn()
    expect(written).toContain('{"kind":"intent","jobId":7,"attempt":1}')
  })

  test('marks the processes with the attempt and the epoch', async () => {
    const { forker, journal } = await runningYard()
    expect(forker.orders[0]?.env).toEqual(['A=b', 'YARDMASTER_JOB=7.1', `YARDMASTER_EPOCH=${journal.epoch}`])
  })

  test('forks an attempt once, and repeats what it knows of it', async () => {
    const { forker, keeper, told } = await runningYard()
    keeper.start(ORDER)
    await turn()
    forker.exited(0)
    keeper.start(ORDER)
    await turn()
    expect(forker.orders).toHaveLength(1)
    expect(told.map(({ kind }) => kind)).toEqual(['started', 'started', 'exited', 'exited'])
  })

  test('gives slots anew when they are free', async () => {
    const { forker, keeper } = await runningYard()
    keeper.start({ ...ORDER, jobId: 8 })
    await turn()
    forker.exited(0)
    keeper.start({ ...ORDER, jobId: 9 })
    await turn()
    expect(forker.orders.map(({ slot }) => slot)).toEqual([0, 1, 0])
  })

  test('refuses for now what no process can be made for, and forgets it', async () => {
    const { forker, keeper, told } = yard()
    keeper.start(ORDER)
    await turn()
    forker.say({ kind: 'refused', slot: 0, reason: 'cannot make a process: no memory' })
    await turn()
    expect(told).toEqual([{ kind: 'refused', ...ATTEMPT, reason: 'cannot make a process: no memory', retry: true }])
    expect(keeper.isQuiet).toBe(true)
  })

  test('refuses for now what the disk does not take, and goes on when it does again', async () => {
    const folder = testFolder()
    const { forker, keeper, told } = yard(join(folder, 'full/journal'))
    keeper.start(ORDER)
    await turn()
    expect(told).toEqual([
      expect.objectContaining({ kind: 'refused', retry: true, reason: expect.stringMatching(/disk/) }),
    ])
    expect(forker.orders).toEqual([])
    mkdirSync(join(folder, 'full'))
    keeper.start(ORDER)
    await turn()
    expect(forker.orders).toHaveLength(1)
    expect(existsSync(join(folder, 'full/journal'))).toBe(true)
  })

  test.each([
    ['a relative run directory', { rundir: 'here' }],
    ['a relative log file', { logfile: 'x.log' }],
    ['no command', { argv: [] }],
    ['a NUL in a variable', { env: { A: '\0' } }],
    ['a variable without a name', { env: { '': 'x' } }],
  ])('refuses for good %s', async (_, changes) => {
    const { forker, keeper, told } = yard()
    keeper.start({ ...ORDER, ...changes })
    await turn()
    expect(told).toEqual([expect.objectContaining({ kind: 'refused', retry: false })])
    expect(forker.orders).toEqual([])
  })
})

describe('ends', () => {
  test('are kept until they are stored', async () => {
    const { forker, keeper } = await runningYard()
    forker.exited(0, { exitCode: 4 })
    await turn()
    expect(keeper.inventory().running).toEqual([])
    expect(keeper.ends()).toEqual([expect.objectContaining({ kind: 'exited', ...ATTEMPT })])
    expect(keeper.isQuiet).toBe(false)
    keeper.stored([ATTEMPT])
    await turn()
    expect(keeper.ends()).toEqual([])
    expect(keeper.isQuiet).toBe(true)
  })

  test('are not forgotten while they have not happened', async () => {
    const { keeper } = await runningYard()
    keeper.stored([ATTEMPT])
    await turn()
    expect(keeper.inventory().running).toEqual([{ ...ATTEMPT, suspended: false }])
  })
})

describe('a stop', () => {
  test('sends no signal any more once the job is gone', async () => {
    const { clock, forker, keeper } = await runningYard()
    await keeper.signal({ ...ATTEMPT, action: 'stop' })
    clock.turn(3000)
    await turn()
    forker.exited(0, { exitCode: null, signal: 2 })
    clock.turn(60_000)
    expect(forker.signals.map(({ signal }) => signal)).toEqual([15, 2])
  })

  test('that comes when the job has just ended changes nothing of its end', async () => {
    const { forker, keeper, told } = await runningYard()
    forker.signal = (_slot, _signal, done) => {
      done(false)
      forker.exited(0, { exitCode: 0 })
    }
    await expect(keeper.signal({ ...ATTEMPT, action: 'stop' })).rejects.toMatchObject({ code: 'not_found' })
    await turn()
    expect(told.at(-1)).toMatchObject({ kind: 'exited', facts: { exitCode: 0 } })
    expect(told.at(-1)).not.toHaveProperty('facts.cause')
  })
})

describe('orders ahead of a free place', () => {
  const AHEAD: StartOrder = { ...ORDER, jobId: 8, place: { atMost: 1, patienceMs: 1000 } }

  async function withOneAhead() {
    const parts = await runningYard({ place: { atMost: 1, patienceMs: 1000 } })
    parts.keeper.start(AHEAD)
    await turn()
    return parts
  }

  test('start as soon as a place comes free, and are known meanwhile', async () => {
    const { keeper, forker } = await withOneAhead()
    expect(forker.orders).toHaveLength(1)
    expect(keeper.inventory().running.map(({ jobId }) => jobId)).toEqual([7, 8])
    expect(keeper.isQuiet).toBe(false)
    forker.exited(0)
    await turn()
    expect(forker.orders).toHaveLength(2)
  })

  test('start once, however often they are given', async () => {
    const { keeper, forker } = await withOneAhead()
    keeper.start(AHEAD)
    forker.exited(0)
    await turn()
    keeper.start(AHEAD)
    await turn()
    expect(forker.orders).toHaveLength(2)
  })

  test('go back to be tried again when no place came free in time', async () => {
    const { keeper, told, clock, forker } = await withOneAhead()
    clock.turn(1000)
    await turn()
    expect(told.at(-1)).toMatchObject({ kind: 'refused', jobId: 8, attempt: 1, retry: true })
    forker.exited(0)
    await turn()
    expect(forker.orders).toHaveLength(1)
    expect(keeper.inventory().running).toEqual([])
  })

  test('can be stopped before they start, which is kept like any end, and nothing else', async () => {
    const { keeper, told, clock, journal } = await withOneAhead()
    const waiting = { jobId: 8, attempt: 1 }
    await expect(keeper.signal({ ...waiting, action: 'suspend' })).rejects.toMatchObject({ code: 'conflict' })
    await keeper.signal({ ...waiting, action: 'stop' })
    clock.turn(10)
    await turn()
    const facts = expect.objectContaining({ cause: 'stopped', reason: 'stopped before it started' })
    expect(told.at(-1)).toMatchObject({ kind: 'exited', jobId: 8, facts })
    expect(journal.get(waiting)?.end).toBeDefined()
  })
})
