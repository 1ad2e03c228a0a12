import { expect, test } from 'vitest'
import { type Reading, Tally } from '../../../../src/executor/resident/process/tally.ts'

const at = (pid: number, parent: number, amount: number | undefined, startTime = String(pid)): Reading => ({
  ...{ pid, parent, amount, startTime },
})

test('what lives is summed up', () => {
  expect(new Tally().add([at(1, 0, 5), at(2, 1, 7)])).toBe(12)
})

test('a child that was waited for is counted once, with what it used after the last look', () => {
  const tally = new Tally()
  tally.add([at(1, 0, 5), at(2, 1, 7)])
  expect(tally.add([at(1, 0, 5 + 9)])).toBe(14)
})

test('a child that nobody waits for stays in the sum', () => {
  const tally = new Tally()
  tally.add([at(1, 0, 5), at(2, 1, 7)])
  expect(tally.add([at(1, 0, 5)])).toBe(12)
  expect(tally.add([at(1, 0, 5), at(3, 1, 1)])).toBe(13)
})

test('a child that is waited for later is not counted twice', () => {
  const tally = new Tally()
  tally.add([at(1, 0, 5), at(2, 1, 7)])
  expect(tally.add([at(1, 0, 5)])).toBe(12)
  expect(tally.add([at(1, 0, 5 + 9)])).toBe(14)
})

test('a whole branch that ended is counted once, whoever waited for whom', () => {
  const tally = new Tally()
  expect(tally.add([at(1, 0, 1), at(2, 1, 10), at(3, 2, 100)])).toBe(111)
  expect(tally.add([at(1, 0, 1 + 110)])).toBe(111)
  expect(tally.add([at(1, 0, 115)])).toBe(115)
})

test('what an orphan used stays in the sum when it ends', () => {
  const tally = new Tally()
  tally.add([at(1, 0, 1), at(2, 1, 10), at(3, 2, 100)])
  expect(tally.add([at(1, 0, 11), at(3, 50, 100)])).toBe(111)
  expect(tally.add([at(1, 0, 11)])).toBe(111)
})

test('a later process with the same pid is another one', () => {
  const tally = new Tally()
  tally.add([at(1, 0, 1), at(2, 1, 10)])
  expect(tally.add([at(1, 0, 1), at(2, 1, 3, 'later')])).toBe(14)
})

test('an amount that cannot be read now is what it was', () => {
  const tally = new Tally()
  tally.add([at(1, 0, 5)])
  expect(tally.add([at(1, 0, undefined)])).toBe(5)
})

test('parents that go round in a ring are no trouble', () => {
  const tally = new Tally()
  tally.add([at(1, 2, 5), at(2, 1, 7)])
  expect(tally.add([])).toBe(12)
})

test('the sum never falls, whatever comes and goes', () => {
  const tally = new Tally()
  // A small generator of its own, so that a failure can be repeated.
  let state = 42
  const chance = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % below
  }
  const amounts = new Map<number, number>()
  let last = 0
  for (let look = 0; look < 500; look++) {
    const pid = 1 + chance(12)
    if (amounts.has(pid) && chance(3) === 0) amounts.delete(pid)
    else amounts.set(pid, (amounts.get(pid) ?? 0) + chance(100))
    const sum = tally.add([...amounts].map(([id, amount]) => at(id, Math.floor(id / 2), amount)))
    expect(sum).toBeGreaterThanOrEqual(last)
    last = sum
  }
})
