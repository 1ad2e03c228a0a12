import { describe, expect, test } from 'vitest'
import { matchesHost, parseHostList } from '../../../../src/metric/cluster/host-list.ts'

const REFERENCE = parseHostList('hallo,wel123t,emmy[01-99],fritz[005-500],woody[100-200]')

describe('the list of the reference', () => {
  test.each(['hallo', 'wel123t', 'emmy01', 'emmy42', 'emmy99', 'fritz005', 'fritz500', 'woody100', 'woody199'])(
    'has %s',
    (host) => expect(matchesHost(REFERENCE, host)).toBe(true),
  )
  test.each([
    'hello',
    'woody',
    'fritz1',
    'fritz9',
    'fritz004',
    'woody201',
    'emmy1',
    'emmy001',
    'emmy01x',
    'emmy٠١',
    '',
  ])('has not %s', (host) => expect(matchesHost(REFERENCE, host)).toBe(false))
})

test('commas inside brackets separate ranges', () => {
  const list = parseHostList('a[1000-2000,2010-2090,3000-5000],cn-00[13-18,22-24]')
  const has = (host: string) => matchesHost(list, host)
  expect(['a1001', 'a2000', 'a2042', 'a4321', 'cn-0013', 'cn-0024'].filter((host) => !has(host))).toEqual([])
  expect(['a0', 'a0000', 'a5001', 'a2005', 'cn-0019', 'cn-13'].filter(has)).toEqual([])
})

test('ranges of two widths in one bracket are both tried', () => {
  const list = parseHostList('n[1-9,10-20]-ib')
  expect(['n1-ib', 'n9-ib', 'n15-ib'].every((host) => matchesHost(list, host))).toBe(true)
  expect(matchesHost(list, 'n01-ib')).toBe(false)
})

test('a star has every host', () => {
  expect(matchesHost(parseHostList('*'), 'anything')).toBe(true)
})

test('an empty list has no host', () => {
  expect(matchesHost(parseHostList(''), 'emmy01')).toBe(false)
})

test('a huge range is matched, and not written out', () => {
  const list = parseHostList('a[000000000-999999999][000000000-999999999]')
  expect(matchesHost(list, 'a000000001999999999')).toBe(true)
})

test.each([
  ['emmy[01-99', /"emmy\[01-99" has a "\[" without "\]"/],
  ['emmy[[01-02]]', /in brackets; write two numbers such as 01-99/],
  ['emmy01]', /has "\]"; names have letters/],
  ['emmy[1-99]', /differ in width; write 01-99/],
  ['emmy[99-01]', /write 01-99/],
  ['emmy[]', /in brackets/],
  ['emmy[01-02-03]', /in brackets/],
  ['a,,b', /nothing between two commas/],
  ['a b', /has " "/],
  ['emmy[0000000001-9999999999]', /at most 9 digits/],
  [`a${'[1-2]'.repeat(50)}`, /more than 4 brackets/],
  [`a${'['.repeat(200)}`, /without "\]"/],
  ['a'.repeat(100_001), /at most 100000 characters/],
  ['../../etc/passwd', /has "\/"/],
])('%s is refused with what to write', (text, message) => {
  expect(() => parseHostList(text)).toThrow(message)
})

test('a name that almost fits again and again is told apart at once', () => {
  const list = parseHostList(`a${'[1-2,11-22,111-222]'.repeat(4)}`)
  expect(matchesHost(list, `a${'1'.repeat(10_000)}`)).toBe(false)
})

test('a list with many brackets before a comma is split in time that grows with its length', () => {
  expect(
    matchesHost(parseHostList(Array.from({ length: 5000 }, (_, index) => `n${index}[1-2]`).join(',')), 'n49992'),
  ).toBe(true)
  expect(() => parseHostList(','.repeat(90_000))).toThrow(/nothing between/)
})
