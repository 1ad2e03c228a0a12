import { expect, onTestFinished, test, vi } from 'vitest'
import { silentLog } from '../../../../src/base/log.ts'
import { Thread } from '../../../../src/metric/memory/thread.ts'
import type { ThreadData } from '../../../../src/metric/memory/thread-message.ts'
import { HandClock } from '../../../support/clock.ts'

async function aThread() {
  const clock = new HandClock()
  const data = { starts: new SharedArrayBuffer(4) } as unknown as ThreadData
  const module = new URL('../../../support/dying-thread.ts', import.meta.url)
  const introduce = () => thread.tell('retain', { hosts: {} })
  const thread: Thread = new Thread({ module, data, clock, log: silentLog, introduce })
  await thread.start()
  onTestFinished(() => thread.stop())
  const die = () => thread.ask('free', { before: 0, selectors: [] }).catch(({ code }) => code)
  return { clock, thread, die }
}

test('a thread that dies is started again and told what it must know; who waits hears that it is unavailable', async () => {
  const { clock, thread, die } = await aThread()
  const waiting = [die(), thread.ask('usage', {}).catch(({ code }) => code)]
  expect(await Promise.all(waiting)).toEqual(['unavailable', 'unavailable'])
  await expect(thread.ask('usage', {})).rejects.toMatchObject({ code: 'unavailable' })
  clock.turn(100)
  expect(await thread.ask('usage', {})).toBe(2)
  expect(await thread.ask('describe', { selector: [] })).toEqual(['load', 'retain', 'usage', 'describe'])
})

test('a thread that dies again and again is started ever more seldom, until it lives', async () => {
  const { clock, thread, die } = await aThread()
  for (const pauseMs of [100, 200, 400]) {
    await die()
    clock.turn(pauseMs - 1)
    expect(thread.isRunning).toBe(false)
    clock.turn(1)
    expect(thread.isRunning).toBe(true)
  }
  await thread.ask('usage', {})
  clock.turn(60_000)
  await die()
  await vi.waitFor(() => expect(thread.isRunning).toBe(false))
  clock.turn(0)
  expect(thread.isRunning).toBe(true)
})

test('a thread that was stopped stays so', async () => {
  const { clock, thread } = await aThread()
  await thread.stop()
  clock.turn(60_000)
  expect(thread.isRunning).toBe(false)
})
