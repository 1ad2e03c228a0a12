/** Pairs of tokens and client keys: what they say, when they end, and what a program is told then (spec/hub.md 2.4, 3). */

import { decodeJwt } from 'jose'
import { expect, test, vi } from 'vitest'
import { createHubAuth } from '../../../../src/auth/hub/hub-auth.ts'
import { createLevels } from '../../../../src/auth/level.ts'
import type { SignIn } from '../../../../src/auth/sign-in.ts'
import { createTokens } from '../../../../src/auth/token.ts'
import { loadTokenKey } from '../../../../src/auth/token-key.ts'
import { createVerifier } from '../../../../src/auth/verifier.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { HandClock } from '../../../support/clock.ts'
import { forge } from '../../../support/forge.ts'
import { memoryClientKeys } from '../../../support/memory-client-keys.ts'
import { aUser, memorySettings, memoryUsers } from '../../../support/memory-store.ts'

const ALICE = { user: 'alice', level: 'user', roles: ['user'] } as const
const ROOT = { user: 'root', level: 'admin', roles: ['admin'] } as const
const HOUR_MS = 3_600_000

async function openHub() {
  const users = memoryUsers([aUser(), aUser({ name: 'root', roles: ['admin'] })])
  const clock = new HandClock()
  const key = await loadTokenKey(memorySettings(), {})
  const levelFor = createLevels([])
  const tokens = createTokens(key, clock)
  const signIn: SignIn = {
    enter: async ({ username }) => (await users.get(username))!,
    issue: () => Promise.reject(new Error('not asked for')),
    verify: createVerifier({ users, tokens, levelFor, clock }),
  }
  const clientKeys = memoryClientKeys()
  const hub = createHubAuth({ users, clientKeys, signIn, key, levelFor, clock, log: silentLog })
  const enter = () => hub.enter({ username: 'alice', password: 'x' }, '127.0.0.1')
  return { hub, users, clock, key, tokens, clientKeys, enter }
}

/** The fault of what is refused; undefined where it is not. */
async function faultOf(ask: () => unknown): Promise<unknown> {
  try {
    await ask()
    return undefined
  } catch (error) {
    return (error as { details: { fault?: unknown } }).details.fault
  }
}

test('a pair says what the original says, of one instant', async () => {
  const { enter, clock } = await openHub()
  const pair = await enter()
  expect(Object.keys(pair)).toEqual(['access', 'refresh'])
  const [access, refresh] = [decodeJwt(pair.access), decodeJwt(pair.refresh)]
  const nowS = clock.now() / 1000
  expect(access).toMatchObject({ token_type: 'access', user_id: 'alice', iat: nowS, exp: nowS + 3600 })
  expect(refresh).toMatchObject({ token_type: 'refresh', user_id: 'alice', iat: nowS, exp: nowS + 86_400 })
  expect(access.jti).toMatch(/^[0-9a-f]{32}$/)
  expect(access.jti).not.toBe(refresh.jti)
})

test('an access token counts for an hour to the second, and the refresh token gives another for a day', async () => {
  const { hub, enter, clock } = await openHub()
  const { access, refresh } = await enter()
  expect(await hub.bearer(access)).toMatchObject({ user: 'alice', level: 'user' })
  clock.turn(HOUR_MS - 1000)
  expect(await faultOf(() => hub.bearer(access))).toBeUndefined()
  clock.turn(1000)
  expect(await faultOf(() => hub.bearer(access))).toBe('expired')
  const renewed = await hub.refresh(refresh)
  expect(await hub.bearer(renewed)).toMatchObject({ user: 'alice' })
  clock.turn(23 * HOUR_MS)
  expect(await faultOf(() => hub.refresh(refresh))).toBe('expired')
})

test('each kind does for its own purpose alone, and neither for another door', async () => {
  const { hub, enter, tokens } = await openHub()
  const { access, refresh } = await enter()
  expect(await faultOf(() => hub.refresh(access))).toBe('wrong_type')
  expect(await faultOf(() => hub.bearer(refresh))).toBe('wrong_type')
  expect(await faultOf(() => hub.refresh('garbage'))).toBe('invalid')
  expect(await faultOf(() => hub.check(access))).toBeUndefined()
  expect(await faultOf(() => hub.check(refresh))).toBeUndefined()
  await expect(tokens.read(access)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a token of the Accelerator’s door opens this one too', async () => {
  const { hub, tokens, clock } = await openHub()
  const token = await tokens.sign({ user: 'root', roles: ['admin'], revision: 1, expiresAt: clock.now() + 60_000 })
  expect(await hub.bearer(token)).toMatchObject({ user: 'root', level: 'admin' })
})

test('a changed account ends its tokens, a removed one says so', async () => {
  const { hub, users, enter } = await openHub()
  const { access, refresh } = await enter()
  await hub.bearer(access)
  await users.replace(aUser({ revision: 2 }))
  expect(await faultOf(() => hub.bearer(access))).toBe('revoked')
  expect(await faultOf(() => hub.refresh(refresh))).toBe('revoked')
  await users.remove('alice')
  expect(await faultOf(() => hub.bearer(access))).toBe('user_gone')
})

test('nothing forged is believed: another algorithm, another issuer, no user, no type', async () => {
  const { hub, key, clock } = await openHub()
  const exp = clock.now() / 1000 + 60
  const good = { iss: 'yardmaster/hub', exp, token_type: 'access', user_id: 'alice', rev: 1 }
  const made = (header: object, claims: object) => forge(key, header, { ...good, ...claims })
  const eddsa = { alg: 'EdDSA' }
  expect(await faultOf(() => hub.bearer(made(eddsa, {})))).toBeUndefined()
  expect(await faultOf(() => hub.bearer(made({ alg: 'none' }, {})))).toBe('invalid')
  expect(await faultOf(() => hub.bearer(made({ alg: 'HS256' }, {})))).toBe('invalid')
  expect(await faultOf(() => hub.bearer(made(eddsa, { iss: 'yardmaster/session' })))).toBe('invalid')
  expect(await faultOf(() => hub.bearer(made(eddsa, { exp: undefined })))).toBe('invalid')
  expect(await faultOf(() => hub.bearer(made(eddsa, { user_id: 5 })))).toBe('no_user')
  expect(await faultOf(() => hub.bearer(made(eddsa, { token_type: 'sliding' })))).toBe('wrong_type')
})

test('a key has the form of the original’s, and only its hash is kept', async () => {
  const { hub, clientKeys } = await openHub()
  const { key, text } = await hub.keys.create(ALICE, { name: 'my_automation_key', expiresAt: null })
  expect(text).toMatch(/^[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}$/)
  const [kept] = await clientKeys.list()
  expect(kept!.hash).toMatch(/^sha512\$\$[0-9a-f]{128}$/)
  expect(JSON.stringify(kept)).not.toContain(text.slice(9))
  expect(Object.keys(key)).not.toContain('hash')
  expect(await hub.keys.verify(text)).toMatchObject({ user: 'alice', level: 'user', clientKey: 'my_automation_key' })
})

test('a key ends with its revocation, and with its account', async () => {
  const { hub, users, clock } = await openHub()
  const { key, text } = await hub.keys.create(ALICE, { name: 'one', expiresAt: null })
  const other = await hub.keys.create(ALICE, { name: 'two', expiresAt: null })
  await hub.keys.verify(text)
  await hub.keys.revoke(ALICE, key.id)
  await expect(hub.keys.verify(text)).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(hub.keys.revoke(ALICE, key.id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await hub.keys.verify(other.text)).toMatchObject({ user: 'alice' })
  await users.remove('alice')
  await expect(hub.keys.verify(other.text)).rejects.toMatchObject({ code: 'unauthenticated' })
  clock.turn(1000)
  await users.insert(aUser({ createdAt: clock.now() }))
  await expect(hub.keys.verify(other.text)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a key ends by itself at its time, and comes back when that is put off', async () => {
  const { hub, clock } = await openHub()
  const { key, text } = await hub.keys.create(ALICE, { name: 'night', expiresAt: clock.now() + 1000 })
  expect(key.isActive).toBe(true)
  clock.turn(999)
  expect(await hub.keys.verify(text)).toMatchObject({ user: 'alice' })
  clock.turn(1)
  await expect(hub.keys.verify(text)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await hub.keys.get(ALICE, key.id)).toMatchObject({ isActive: false, revokedAt: null })
  expect(await hub.keys.change(ALICE, key.id, { expiresAt: null })).toMatchObject({ isActive: true, name: 'night' })
  expect(await hub.keys.verify(text)).toMatchObject({ user: 'alice' })
})

test('when a key was used last is noted once a minute, of refused uses never', async () => {
  const { hub, clientKeys, clock } = await openHub()
  const { key, text } = await hub.keys.create(ALICE, { name: 'night', expiresAt: null })
  const used = async () => (await clientKeys.list())[0]!.lastUsedAt
  await expect(hub.keys.verify(`${text.slice(0, -3)}abc`)).rejects.toThrow()
  expect(await used()).toBeNull()
  const first = clock.now()
  await hub.keys.verify(text)
  await vi.waitFor(async () => expect(await used()).toBe(first))
  clock.turn(59_999)
  await hub.keys.verify(text)
  expect(await used()).toBe(first)
  clock.turn(1)
  await hub.keys.verify(text)
  await vi.waitFor(async () => expect(await used()).toBe(first + 60_000))
  expect(await hub.keys.get(ALICE, key.id)).toMatchObject({ lastUsedAt: first + 60_000 })
})

test('a key acts with the level that its account has now', async () => {
  const { hub, users } = await openHub()
  const { text } = await hub.keys.create(ROOT, { name: 'night', expiresAt: null })
  expect(await hub.keys.verify(text)).toMatchObject({ level: 'admin' })
  await users.replace(aUser({ name: 'root', roles: ['readonly'], revision: 2 }))
  expect(await hub.keys.verify(text)).toMatchObject({ level: 'readonly' })
})

test('what is no key, or one with a letter changed, is refused', async () => {
  const { hub } = await openHub()
  const { text } = await hub.keys.create(ALICE, { name: 'one', expiresAt: null })
  const last = text.at(-1) === 'a' ? 'b' : 'a'
  for (const wrong of [
    '',
    'x',
    `${text.slice(0, -1)}${last}`,
    `${text} `,
    `A${text}`,
    text.toLowerCase().toUpperCase(),
  ])
    await expect(hub.keys.verify(wrong)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('everybody sees and revokes his own keys, an administrator all', async () => {
  const { hub } = await openHub()
  await hub.keys.create(ALICE, { name: 'hers', expiresAt: null })
  const { key } = await hub.keys.create(ROOT, { name: 'his', expiresAt: null })
  expect((await hub.keys.list(ALICE)).map(({ name }) => name)).toEqual(['hers'])
  expect((await hub.keys.list(ROOT)).map(({ name }) => name)).toEqual(['his', 'hers'])
  await expect(hub.keys.get(ALICE, key.id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(hub.keys.revoke(ALICE, key.id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await hub.keys.change(ROOT, 1, { name: 'ours' })).toMatchObject({ name: 'ours', user: 'alice' })
})

test('a name is written on one line, in at most 50 characters', async () => {
  const { hub } = await openHub()
  for (const name of ['', ' ', 'x'.repeat(51), 'a\nb'])
    await expect(hub.keys.create(ALICE, { name, expiresAt: null })).rejects.toMatchObject({
      code: 'invalid',
      details: { field: 'name' },
    })
})
