import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDomainError } from '../../../src/base/errors.ts'
import { allocate, type Offer } from '../../../src/job/allocation.ts'
import { parseResources } from '../../../src/job/demand.ts'

const host: Offer = {
  capacity: { SLOTS: 4, CORES: 4, RAM: 8000, PERCENT: 100 },
  free: { SLOTS: 2, CORES: 2, RAM: 1000, PERCENT: 98 },
  attributes: { OSCLASS: 'unix', ARCH: 'linux64', RAMTOTAL: '8000' },
}
const take = (text: string, offer = host) => allocate(parseResources(text), offer)

describe('reading', () => {
  test.each([
    ['unix', { kind: 'has', name: 'unix', amount: 1 }],
    ['RAM/500', { kind: 'take', name: 'RAM', amount: 500 }],
    ['RAM/0.1Tb', { kind: 'take', name: 'RAM', amount: 104857.6 }],
    ['SWAP/1GB', { kind: 'take', name: 'SWAP', amount: 1024 }],
    ['License:spice/1', { kind: 'take', name: 'License:spice', amount: 1 }],
  ])('%s', (text, demand) => {
    expect(parseResources(text)).toEqual(demand)
  })

  test('a blank is AND and binds tighter than OR', () => {
    expect(parseResources('a OR b c')).toEqual({
      kind: 'or',
      of: [parseResources('a'), { kind: 'and', of: [parseResources('b'), parseResources('c')] }],
    })
  })

  test.each(['RAM/', 'a |', '(a', 'a)', 'RAM/x', '!', '#3', 'a & & b'])('%s is refused with a sentence', (text) => {
    expect(() => parseResources(text)).toThrow(/^resources: /)
  })

  test('any text is read or refused, never worse', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseResources(text)
        } catch (error) {
          expect(isDomainError(error, 'invalid')).toBe(true)
        }
      }),
    )
  })
})

describe('allocation', () => {
  test('a job that asks for nothing takes a slot, a core and a hundredth', () => {
    expect(take('')).toEqual({ taken: { SLOTS: 1, CORES: 1, PERCENT: 1 } })
  })

  test('a job that takes a lane takes nothing else of the host, unless it asks for it', () => {
    const offer = { ...host, free: { ...host.free, SLOTS: 0, 'Lane:a.default.worker': 3 } }
    expect(take('Lane:a.default.worker/1', offer)).toEqual({ taken: { 'Lane:a.default.worker': 1 } })
    expect(take('Lane:a.default.worker/1 RAM/10', offer)).toEqual({ taken: { 'Lane:a.default.worker': 1, RAM: 10 } })
    expect(take('Lane:a.default.worker#1', offer)).toHaveProperty('missing')
  })

  test('a lane that has none says that its mover cannot be reached', () => {
    const offer = { ...host, capacity: { ...host.capacity, 'Lane:a.default.worker': 0 } }
    expect(take('Lane:a.default.worker/1', offer)).toEqual({
      missing: 'Lane:a.default.worker (the mover of its site cannot be reached)',
    })
  })

  test('what is asked twice adds up', () => {
    expect(take('RAM/300 RAM/400')).toMatchObject({ taken: { RAM: 700 } })
  })

  test('of alternatives the first that fits is taken', () => {
    expect(take('(win64 | linux64) & RAM/2GB | RAM/100')).toMatchObject({ taken: { RAM: 100 } })
  })

  test('what is missing is said with what there is', () => {
    expect(take('RAM/2GB')).toEqual({ missing: 'RAM: 2048 asked, 1000 of 8000 free' })
    expect(take('RAM/9GB')).toEqual({ missing: 'RAM: 9216 asked, the host has 8000 in all' })
    expect(take('License:spice')).toEqual({ missing: 'License:spice (nothing offers it)' })
  })

  test('a host to oneself waits until nobody else is there', () => {
    expect(take('PERCENT/100')).toHaveProperty('missing')
    expect(take('PERCENT/100', { ...host, free: host.capacity })).toHaveProperty('taken')
  })

  test('attributes are asked by name, by value and by amount, and excluded by !', () => {
    expect(take('unix linux64 RAMTOTAL#128 !windows')).toHaveProperty('taken')
    expect(take('!unix')).toHaveProperty('missing')
    expect(take('RAMTOTAL#9000')).toHaveProperty('missing')
  })
})
