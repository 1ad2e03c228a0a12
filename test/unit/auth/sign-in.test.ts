import { describe, expect, test } from 'vitest'
import { createAttempts } from '../../../src/auth/attempts.ts'
import { createGate } from '../../../src/auth/gate.ts'
import type { LinuxAccounts } from '../../../src/auth/linux-account.ts'
import type { Passwords } from '../../../src/auth/password.ts'
import { linuxProvider, localProvider } from '../../../src/auth/provider.ts'
import { createSignIn, type SignInParts } from '../../../src/auth/sign-in.ts'
import { DomainError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { HandClock } from '../../support/clock.ts'
import { aUser, memoryUsers } from '../../support/memory-store.ts'

const ALICE = aUser({ passwordHash: 'hash of right', revision: 3 })
const HOST = '192.0.2.7'

/** A sign-in over passwords that are only compared, with every comparison written down. */
function made(change: Partial<SignInParts> = {}) {
  const clock = new HandClock()
  const users = memoryUsers([ALICE, { ...ALICE, name: 'hosted', passwordHash: null }])
  const verified: (string | null)[] = []
  const passwords: Passwords = {
    hash: async (password) => `hash of ${password}`,
    verify: async (encoded, password) => {
      verified.push(encoded)
      return encoded === `hash of ${password}`
    },
  }
  const accounts: LinuxAccounts = {
    verify: async (user, password) => ['carol', 'root', 'yard'].includes(user) && password === 'linux',
    obstacle: () => null,
  }
  const linux = linuxProvider({ users, accounts, ownName: 'yard', clock })
  const signIn = createSignIn({
    providers: [localProvider(users, passwords)],
    failureFloorMs: 0,
    tokens: { sign: async (claims) => JSON.stringify(claims), read: () => Promise.reject(new Error('unused')) },
    tokenLifetimeMs: 4 * 3_600_000,
    verify: () => Promise.reject(new Error('unused')),
    attempts: createAttempts({ perUser: 3, perAddress: 6, windowMs: 600_000 }),
    gate: createGate({ atOnce: 2, waiting: 256 }),
    clock,
    log: silentLog,
    ...change,
  })
  const enter = (username: string, password: string, address = HOST) => signIn.issue({ username, password }, address)
  return { enter, clock, users, verified, linux, local: localProvider(users, passwords) }
}

const WRONG = { code: 'unauthenticated', message: 'wrong user name or password' }

describe('signing in', () => {
  test('gives a token of four hours with roles and revision of the account', async () => {
    const { enter, clock } = made()
    const { token, expiresInSeconds } = await enter('alice', 'right')
    expect(expiresInSeconds).toBe(14_400)
    expect(JSON.parse(token)).toEqual({
      user: 'alice',
      roles: ['user'],
      revision: 3,
      expiresAt: clock.now() + 14_400_000,
    })
  })

  test.each([
    ['a wrong password', 'alice', 'wrong'],
    ['an unknown user', 'nobody-here', 'right'],
    ['a name that cannot be one', "x'; drop table account --", 'right'],
    ['an account without a password of its own', 'hosted', 'right'],
    ['nothing at all', '', ''],
  ])('with %s is refused in the same words after the same work', async (_what, user, password) => {
    const { enter, verified } = made()
    await expect(enter(user, password)).rejects.toMatchObject(WRONG)
    expect(verified).toHaveLength(1)
  })
})

describe('accounts of the host', () => {
  const withLinux = () => {
    const parts = made()
    return { ...parts, ...made({ providers: [parts.local, parts.linux] }), users: parts.users }
  }

  test.each([
    ['carol', ['user']],
    ['root', ['admin']],
    ['yard', ['admin']],
  ])('%s gets an account at the first sign-in: %j', async (name, roles) => {
    const { enter, users } = withLinux()
    await Promise.all([enter(name, 'linux'), enter(name, 'linux')])
    expect(await users.get(name)).toMatchObject({ roles, passwordHash: null })
  })

  test('keep the roles that they were given here', async () => {
    const { enter, users } = withLinux()
    await users.insert({ ...ALICE, name: 'carol', passwordHash: null, roles: ['support'] })
    expect(JSON.parse((await enter('carol', 'linux')).token).roles).toEqual(['support'])
  })

  test('are refused no sooner when they do not exist', async () => {
    const parts = made()
    const { enter } = made({ providers: [parts.linux], failureFloorMs: 500, clock: parts.clock })
    let isRefused = false
    const refused = enter('nobody-here', 'x').catch(() => (isRefused = true))
    await new Promise((resolve) => setImmediate(resolve))
    parts.clock.turn(499)
    await new Promise((resolve) => setImmediate(resolve))
    expect(isRefused).toBe(false)
    parts.clock.turn(1)
    await refused
  })
})

describe('failed attempts', () => {
  const fail = async (enter: ReturnType<typeof made>['enter'], count: number, user = 'alice', address = HOST) => {
    for (let index = 0; index < count; index += 1) await enter(user, 'wrong', address).catch(() => {})
  }

  test('of one user from one address are limited, the right password included', async () => {
    const { enter, verified } = made()
    await fail(enter, 3)
    await expect(enter('alice', 'right')).rejects.toMatchObject({
      code: 'limited',
      message: 'too many sign-ins failed; try again in 10 minutes',
      details: { retryAfterSeconds: 600 },
    })
    expect(verified).toHaveLength(3)
    await enter('alice', 'right', '192.0.2.8')
  })

  test('are forgotten at a success', async () => {
    const { enter } = made()
    await fail(enter, 2)
    await enter('alice', 'right')
    await fail(enter, 2)
    await enter('alice', 'right')
  })

  test('of many users from one address are limited, also behind another IPv6 address of the same network', async () => {
    const { enter } = made()
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await fail(enter, 1, name, `2001:db8:1:2::${name}`)
    await expect(enter('alice', 'right', '2001:db8:1:2:ffff::1')).rejects.toMatchObject({ code: 'limited' })
    await enter('alice', 'right', '2001:db8:1:3::1')
  })

  test('that arrive together are counted before the next password is looked at', async () => {
    const { enter, verified } = made()
    await Promise.allSettled(Array.from({ length: 40 }, () => enter('alice', 'wrong')))
    expect(verified.length).toBeLessThanOrEqual(4)
  })
})

test('sign-ins with the right password are not limited, however many come together', async () => {
  const { enter } = made()
  await Promise.all(Array.from({ length: 60 }, () => enter('alice', 'right')))
})

test('more people than can wait are told to come again', async () => {
  const { enter } = made({ gate: createGate({ atOnce: 1, waiting: 2 }) })
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => enter('alice', 'right')))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
  expect(results[4]).toMatchObject({ reason: { code: 'unavailable' } })
})

describe('while one provider cannot be asked', () => {
  const down = async () => {
    throw new DomainError('unavailable', 'the directory cannot be asked')
  }
  const UNAVAILABLE = { code: 'unavailable', message: 'the directory cannot be asked' }

  test('whoever another knows comes in, before or after it', async () => {
    const { local } = made()
    for (const providers of [
      [down, local],
      [local, down],
    ])
      await made({ providers }).enter('alice', 'right')
  })

  test('a password that no other takes is not called wrong, and counts as a try all the same', async () => {
    const { local } = made()
    const { enter } = made({ providers: [local, down] })
    for (let time = 0; time < 3; time += 1) await expect(enter('alice', 'guess')).rejects.toMatchObject(UNAVAILABLE)
    await expect(enter('alice', 'right')).rejects.toMatchObject({ code: 'limited' })
  })
})
