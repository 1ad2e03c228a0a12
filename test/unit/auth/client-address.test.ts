import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAllowList } from '../../../src/auth/allow-list.ts'
import { createAddressOf } from '../../../src/auth/client-address.ts'

describe('an allow list', () => {
  test.each([
    [['*'], '203.0.113.9', true],
    [['10.0.0.1', '*'], 'anything', true],
    [[], '127.0.0.1', false],
    [['192.0.2.1'], '192.0.2.1', true],
    [['192.0.2.1'], '192.0.2.2', false],
    [['192.0.2.1'], '::ffff:192.0.2.1', true],
    [['192.0.2.1'], '::FFFF:c000:0201', true],
    [['::ffff:192.0.2.1'], '192.0.2.1', true],
    [['::ffff:192.0.2.0/120'], '192.0.2.77', true],
    [['::ffff:192.0.2.0/120'], '192.0.3.1', false],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['0.0.0.0/0'], '203.0.113.9', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['2001:db8::/32'], '2001:db8:7::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['2001:0DB8::0001'], '2001:db8::1', true],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['10.0.0.0/8'], '', false],
    [['10.0.0.0/8'], '10.0.0.1, 1.1.1.1', false],
    [['10.0.0.0/8'], '10.0.0.01', false],
    [['10.0.0.0/8'], '0x0a.0.0.1', false],
    [['10.0.0.0/8'], '167772161', false],
  ])('of %j and %s: %j', (entries, address, has) => expect(createAllowList(entries).has(address)).toBe(has))

  test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', 'host', '10.0.0', '::/129', ''])(
    'cannot have %j',
    (entry) => expect(() => createAllowList([entry])).toThrow(/is no address and no range/),
  )

  test('answers for any text whatever', () => {
    const list = createAllowList(['10.0.0.0/8', '2001:db8::/32'])
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => typeof list.has(text) === 'boolean'))
  })
})

describe("the client's address", () => {
  const addressOf = createAddressOf(['127.0.0.1', '10.0.0.0/8'])

  test.each([
    ['is that of the socket', '203.0.113.9', {}, '203.0.113.9'],
    ['is that of a proxy which says nothing', '127.0.0.1', {}, '127.0.0.1'],
    ['is what a trusted proxy says', '127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9'],
    ['is IPv4 also on a socket of IPv6', '::ffff:127.0.0.1', { 'x-forwarded-for': '::ffff:1.2.3.4' }, '1.2.3.4'],
    [
      'is the last that no trusted proxy has',
      '10.0.0.1',
      { 'x-forwarded-for': '6.6.6.6, 1.2.3.4, 10.0.0.2' },
      '1.2.3.4',
    ],
    [
      'is the first proxy of a chain of trusted ones',
      '10.0.0.1',
      { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' },
      '10.0.0.3',
    ],
    ['is read over several headers', '10.0.0.1', { 'x-forwarded-for': ['6.6.6.6', '1.2.3.4'] }, '1.2.3.4'],
    ['may have a port', '10.0.0.1', { 'x-forwarded-for': '1.2.3.4:5678' }, '1.2.3.4'],
    ['may have brackets and a port', '10.0.0.1', { 'x-forwarded-for': '[2001:db8::1]:5678' }, '2001:db8::1'],
    ['is X-Real-Ip where nothing was forwarded', '10.0.0.1', { 'x-real-ip': '1.2.3.4' }, '1.2.3.4'],
    [
      'is not X-Real-Ip beside the other',
      '10.0.0.1',
      { 'x-forwarded-for': '1.2.3.4', 'x-real-ip': '6.6.6.6' },
      '1.2.3.4',
    ],
    ['is that of the proxy, behind nonsense', '10.0.0.1', { 'x-forwarded-for': '6.6.6.6, unknown' }, '10.0.0.1'],
    ['is what stands right of nonsense', '10.0.0.1', { 'x-forwarded-for': '6.6.6.6, x, 10.0.0.2' }, '10.0.0.2'],
    ['is empty for a socket that is gone', undefined, { 'x-forwarded-for': '6.6.6.6' }, ''],
  ])('%s', (_what, socket, headers, expected) => expect(addressOf(socket, headers)).toBe(expected))

  const word = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constant('127.0.0.1'), fc.constant('*'))
  const headers = fc.record({ 'x-forwarded-for': fc.oneof(word, fc.array(word)), 'x-real-ip': word })

  test('is never what an untrusted socket says in headers', () => {
    fc.assert(
      fc.property(headers, (some) => {
        expect(addressOf('203.0.113.9', some)).toBe('203.0.113.9')
        expect(createAddressOf([])('127.0.0.1', some)).toBe('127.0.0.1')
      }),
    )
  })

  test('cannot be chosen by putting more in front of what the proxy adds', () => {
    fc.assert(
      fc.property(fc.array(word), (before) => {
        expect(addressOf('10.0.0.1', { 'x-forwarded-for': [...before, '1.2.3.4'].join(', ') })).toBe('1.2.3.4')
      }),
    )
  })
})
