import { expect, test } from 'vitest'
import { Lifetime } from '../../../src/executor/resident/lifetime.ts'
import { HandClock } from '../../support/clock.ts'

function life() {
  const state = { idle: true, quiet: true, connected: true, ended: '' }
  const clock = new HandClock()
  const lifetime = new Lifetime({
    clock,
    isIdle: () => state.idle,
    isQuiet: () => state.quiet,
    isConnected: () => state.connected,
    end: (reason) => {
      state.ended ||= reason
    },
  })
  return { state, clock, lifetime }
}

test('it ends after ten minutes without a server and without work', () => {
  const { state, clock, lifetime } = life()
  clock.turn(3_600_000)
  state.connected = false
  lifetime.consider()
  clock.turn(599_999)
  expect(state.ended).toBe('')
  clock.turn(1)
  expect(state.ended).toMatch(/no server/)
})

test('with jobs or ends that nobody has stored it stays, and ends when they are gone', () => {
  const { state, clock, lifetime } = life()
  Object.assign(state, { connected: false, quiet: false })
  lifetime.consider()
  clock.turn(3_600_000)
  expect(state.ended).toBe('')
  state.quiet = true
  lifetime.consider()
  expect(state.ended).toMatch(/no server/)
})

test('a server that comes back in time keeps it', () => {
  const { state, clock, lifetime } = life()
  state.connected = false
  lifetime.consider()
  clock.turn(500_000)
  state.connected = true
  lifetime.stay()
  clock.turn(3_600_000)
  expect(state.ended).toBe('')
})

test('told to retire it ends as soon as nothing runs', () => {
  const { state, lifetime } = life()
  Object.assign(state, { idle: false, quiet: false })
  lifetime.retire()
  expect(state.ended).toBe('')
  state.idle = true
  lifetime.consider()
  expect(state.ended).toMatch(/retire/)
})

test('a server that comes after that keeps it all the same', () => {
  const { state, lifetime } = life()
  state.idle = false
  lifetime.retire()
  lifetime.stay()
  state.idle = true
  lifetime.consider()
  expect(state.ended).toBe('')
})
