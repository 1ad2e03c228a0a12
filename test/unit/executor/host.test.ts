import { expect, test } from 'vitest'
import { watchHost } from '../../../src/executor/local/host.ts'
import { HandClock } from '../../support/clock.ts'

test('a host has what it is said to have', () => {
  const host = watchHost({ hostName: 'Node07', slots: 12, ramMb: 3000 }, new HandClock())(true)
  expect(host.name).toBe('node07')
  expect(host.capacity).toMatchObject({ SLOTS: 12, RAM: 3000, PERCENT: 100 })
  expect(host.attributes).toMatchObject({ HOST: 'node07', NAME: 'node07', OSCLASS: 'unix' })
})

test('how busy it is, is read again after a second', () => {
  const clock = new HandClock()
  const host = watchHost({}, clock)
  const before = host(true)
  expect(host(false)).toEqual({ ...before, up: false })
  expect(host(true).loadAverage).toBe(before.loadAverage)
  clock.turn(1001)
  expect(host(true).loadAverage).not.toBe(before.loadAverage)
})
