import { expect, test } from 'vitest'
import type { ExecutorEvent, SignalOrder } from '../../../../src/executor/executor.ts'
import type { ProcessWatch } from '../../../../src/tasker/process/process-watch.ts'
import { newRunning } from '../../../../src/tasker/running.ts'
import { checkRamLimit, obey, watchTimeLimit } from '../../../../src/tasker/signal/control.ts'
import { signalName } from '../../../../src/tasker/signal/signal-name.ts'
import { HandClock } from '../../../support/clock.ts'
import { HandForker } from '../../../support/hand-forker.ts'

const ATTEMPT = { jobId: 7, attempt: 1 }
const DAY_MS = 86_400_000

function aRun({ killAfterMs = 0, ramLimitMb = 0 } = {}) {
  const clock = new HandClock()
  const forker = new HandForker()
  const told: ExecutorEvent[] = []
  const watch = { membersOf: () => [] } as unknown as ProcessWatch
  const parts = { clock, forker, watch, tell: (event: ExecutorEvent) => told.push(event) }
  const order = {
    ...{ argv: ['x'], env: {}, rundir: '/', logfile: null, account: null, nice: 0, umask: 0 },
    ...{ ...ATTEMPT, killAfterMs, ramLimitMb },
  }
  const running = newRunning(order, 0, clock.monotonicMs())
  const sent = () => forker.signals.map(({ signal }) => signalName(signal).slice(3))
  const ask = (order: Partial<SignalOrder> & Pick<SignalOrder, 'action'>) =>
    obey(parts, running, { ...ATTEMPT, ...order })
  return { clock, forker, told, parts, running, sent, ask }
}

/** Promises that are settled have been heard. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a time limit counts running time alone', async () => {
  const { clock, parts, running, sent, ask } = aRun({ killAfterMs: 60_000 })
  watchTimeLimit(parts, running)
  clock.turn(40_000)
  await ask({ action: 'suspend' })
  clock.turn(DAY_MS)
  await ask({ action: 'resume' })
  clock.turn(19_999)
  expect(sent()).toEqual(['STOP', 'CONT'])
  clock.turn(1)
  expect(sent()).toEqual(['STOP', 'CONT', 'TERM'])
  expect(running.ending).toMatchObject({ cause: 'autokill', reason: 'ran longer than its limit of 60 s' })
})

test('a time limit may be longer than a timer reaches', () => {
  const { clock, parts, running, sent } = aRun({ killAfterMs: 40 * DAY_MS })
  watchTimeLimit(parts, running)
  clock.turn(40 * DAY_MS - 1)
  expect(sent()).toEqual([])
  clock.turn(1)
  expect(sent()).toEqual(['TERM'])
})

test('the first reason to end a job stays the reason', async () => {
  const { clock, parts, running, sent, ask } = aRun({ killAfterMs: 1500 })
  watchTimeLimit(parts, running)
  clock.turn(1500)
  await settle()
  await ask({ action: 'stop', signals: ['KILL'] })
  expect(running.ending?.cause).toBe('autokill')
  expect(running.sent).toEqual(['SIGTERM', 'SIGKILL'])
  clock.turn(60_000)
  expect(sent()).toEqual(['TERM', 'KILL'])
})

test('a stop sends its signals three seconds apart, and none when the job is gone', async () => {
  const { clock, running, sent, ask } = aRun()
  await ask({ action: 'stop' })
  clock.turn(2999)
  await settle()
  expect(sent()).toEqual(['TERM'])
  clock.turn(1)
  await settle()
  expect(sent()).toEqual(['TERM', 'INT'])
  running.over = true
  clock.turn(3000)
  await settle()
  expect(sent()).toEqual(['TERM', 'INT'])
})

test('a stop wakes a suspended job with every signal, so that it can die of it', async () => {
  const { told, sent, ask } = aRun()
  await ask({ action: 'suspend' })
  await ask({ action: 'stop' })
  expect(sent()).toEqual(['STOP', 'TERM', 'CONT'])
  expect(told.map(({ kind }) => kind)).toEqual(['suspended', 'resumed'])
})

test('suspending twice is told once', async () => {
  const { told, ask } = aRun()
  for (const action of ['suspend', 'suspend', 'resume', 'resume'] as const) await ask({ action })
  expect(told.map(({ kind }) => kind)).toEqual(['suspended', 'resumed'])
})

test('a job within its memory is left alone, one beyond it is ended', () => {
  const { parts, running, sent } = aRun({ ramLimitMb: 100 })
  running.sample.ramMb = 100
  checkRamLimit(parts, running)
  expect(sent()).toEqual([])
  running.sample.ramMb = 100.6
  checkRamLimit(parts, running)
  checkRamLimit(parts, running)
  expect(sent()).toEqual(['TERM'])
  expect(running.ending).toMatchObject({ cause: 'memory', reason: 'used 101 MB of memory, its limit is 100 MB' })
})

test('a signal that names none is refused', async () => {
  await expect(aRun().ask({ action: 'signal' })).rejects.toMatchObject({ code: 'invalid' })
})
