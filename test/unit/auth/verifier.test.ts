import { beforeEach, describe, expect, test } from 'vitest'
import { createLevels } from '../../../src/auth/level.ts'
import { createTokens, type Tokens } from '../../../src/auth/token.ts'
import type { Verify } from '../../../src/auth/token-cache.ts'
import { loadTokenKey } from '../../../src/auth/token-key.ts'
import { createVerifier } from '../../../src/auth/verifier.ts'
import type { User, UserStore } from '../../../src/store/store.ts'
import { HandClock } from '../../support/clock.ts'
import { aUser, memorySettings, memoryUsers } from '../../support/memory-store.ts'

const ALICE = aUser({ passwordHash: 'x', roles: ['user', 'support'], revision: 3 })
const HOUR_MS = 3_600_000

let clock: HandClock
let users: UserStore
let tokens: Tokens
let reads: number
let verify: Verify

beforeEach(async () => {
  clock = new HandClock()
  users = memoryUsers([ALICE])
  const real = createTokens(await loadTokenKey(memorySettings(), {}), clock)
  reads = 0
  tokens = { ...real, read: (token) => real.read(token).finally(() => (reads += 1)) }
  verify = createVerifier({ users, tokens, levelFor: createLevels([]), clock })
})

const tokenFor = (user: User, roles: User['roles'] = user.roles) =>
  tokens.sign({ user: user.name, roles: roles as [], revision: user.revision, expiresAt: clock.now() + HOUR_MS })

describe('a token that is known', () => {
  test('is answered at once and not read again', async () => {
    const token = await tokenFor(ALICE)
    const caller = await verify(token)
    expect(caller).toEqual({ user: 'alice', level: 'leader', roles: ['user', 'support'], projects: [] })
    expect(verify(token)).toBe(caller)
    expect(reads).toBe(1)
  })

  test('is read once when many requests bring it at the same moment', async () => {
    const token = await tokenFor(ALICE)
    await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    expect(reads).toBe(1)
  })

  test('ends with its time, by the clock of the server', async () => {
    const token = await tokenFor(ALICE)
    await verify(token)
    clock.turn(HOUR_MS + 6000)
    await expect(verify(token)).rejects.toThrow('the token has expired')
  })

  test('stays good when another account changes', async () => {
    const token = await tokenFor(ALICE)
    await verify(token)
    await users.insert({ ...ALICE, name: 'bob' })
    expect(await verify(token)).toMatchObject({ user: 'alice' })
    expect(reads).toBe(1)
    expect(verify(token)).not.toBeInstanceOf(Promise)
  })

  test.each([
    ['removed', async () => users.remove('alice')],
    ['given another password or roles', async () => users.replace({ ...ALICE, revision: 4 })],
    [
      'removed and made anew',
      async () => {
        await users.remove('alice')
        await users.insert({ ...ALICE, revision: 5 })
      },
    ],
  ])('is refused from the moment when its account is %s', async (_what, change) => {
    const token = await tokenFor(ALICE)
    await verify(token)
    await change()
    await expect(verify(token)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('the account was changed'),
    })
    await expect(verify(token)).rejects.toThrow()
  })
})

test('a token for fewer roles amounts to no more than these', async () => {
  expect(await verify(await tokenFor(ALICE, ['user']))).toMatchObject({ user: 'alice', level: 'user', roles: ['user'] })
})

test('the cache is bounded', async () => {
  const first = await tokenFor(ALICE)
  await verify(first)
  const verifyAll = createVerifier({
    users,
    levelFor: createLevels([]),
    clock,
    tokens: {
      ...tokens,
      read: async () => ({ user: 'alice', roles: ['user'], revision: 3, expiresAt: clock.now() + HOUR_MS }),
    },
  })
  for (let index = 0; index <= 10_000; index += 1) await verifyAll(`token ${index}`)
  expect(verifyAll('token 0')).toBeInstanceOf(Promise)
  expect(verifyAll('token 10000')).not.toBeInstanceOf(Promise)
})

describe('levels', () => {
  const rule = (user: string, level: 'readonly' | 'user' | 'leader' | 'admin') => ({ user, level })

  test.each([
    ['roles alone', [], ['support'], 'leader'],
    ['a rule by name, up', [rule('alice', 'admin')], ['user'], 'admin'],
    ['a rule by name, down', [rule('alice', 'readonly'), rule('+', 'user')], ['admin'], 'readonly'],
    ['the most liberal of two rules', [rule('alice', 'leader'), rule('alice', 'user')], ['user'], 'leader'],
    ['the rule for everybody', [rule('+', 'readonly'), rule('bob', 'admin')], ['user'], 'readonly'],
    ['an administrator under the rule for everybody', [rule('+', 'user')], ['admin'], 'admin'],
  ] as const)('%s', (_what, rules, roles, level) => expect(createLevels(rules)('alice', roles)).toBe(level))
})
