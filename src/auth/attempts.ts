/**
 * How often a sign-in may fail: per user and address, and per address whatever the user. Kept in memory, in bounded
 * space; a restart forgets it, as an administrator who locked himself out would hope.
 */

import { isIPv6 } from 'node:net'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { DomainError } from '../base/errors.ts'

export interface AttemptLimits {
  perUser: number
  perAddress: number
  windowMs: number
}

export interface Attempts {
  /** @throws limited, saying how long to wait */
  check(user: string, address: string): Promise<void>
  fail(user: string, address: string): Promise<void>
  /** Forgets the failures of this user from this address. */
  succeed(user: string, address: string): Promise<void>
}

const MOST_KEYS = 50_000

export function createAttempts({ perUser, perAddress, windowMs }: AttemptLimits): Attempts {
  const users = createCounter(perUser, windowMs)
  const addresses = createCounter(perAddress, windowMs)
  const userKey = (user: string, address: string) => `${networkOf(address)} ${user.slice(0, 64)}`
  return {
    async check(user, address) {
      const waitMs = Math.max(await users.waitMs(userKey(user, address)), await addresses.waitMs(networkOf(address)))
      if (waitMs > 0) throw tooMany(waitMs)
    },
    async fail(user, address) {
      await users.add(userKey(user, address))
      await addresses.add(networkOf(address))
    },
    succeed: (user, address) => users.forget(userKey(user, address)),
  }
}

interface Counter {
  /** How long until the key may try again; 0 for now. */
  waitMs(key: string): Promise<number>
  add(key: string): Promise<void>
  forget(key: string): Promise<void>
}

/** The library bounds time; this bounds space as well, by letting the oldest key go. */
function createCounter(points: number, windowMs: number): Counter {
  const limiter = new RateLimiterMemory({ points, duration: windowMs / 1000 })
  const keys = new Set<string>()
  return {
    async waitMs(key) {
      const found = await limiter.get(key)
      return found && found.consumedPoints >= points ? found.msBeforeNext : 0
    },
    async add(key) {
      await limiter.penalty(key)
      keys.delete(key)
      keys.add(key)
      const [oldest] = keys
      if (keys.size <= MOST_KEYS || oldest === undefined) return
      keys.delete(oldest)
      await limiter.delete(oldest)
    },
    async forget(key) {
      keys.delete(key)
      await limiter.delete(key)
    },
  }
}

/**
 * The part of an address that one person cannot change at will: all of IPv4 (also when it is written as IPv6), the first
 * 64 bits of IPv6.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

function tooMany(waitMs: number): DomainError {
  const minutes = Math.ceil(waitMs / 60_000)
  const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`
  const retryAfterSeconds = Math.ceil(waitMs / 1000)
  return new DomainError('limited', `too many sign-ins failed; try again in ${wait}`, { retryAfterSeconds })
}
