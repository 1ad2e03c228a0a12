import { beforeEach, describe, expect, test } from 'vitest'
import type { AuthSettings } from '../../../src/auth/arrangement.ts'
import { type Auth, createAuth } from '../../../src/auth/auth.ts'
import { createSeal } from '../../../src/auth/seal.ts'
import { loadTokenKey, type TokenKey } from '../../../src/auth/token-key.ts'
import { silentLog } from '../../../src/base/log.ts'
import type { SettingStore, UserStore } from '../../../src/store/store.ts'
import { HandClock } from '../../support/clock.ts'
import { forge } from '../../support/forge.ts'
import { memoryClientKeys } from '../../support/memory-client-keys.ts'
import { memorySettings, memoryUsers } from '../../support/memory-store.ts'

const HOST = '192.0.2.7'
const HOUR_MS = 3_600_000
const WEEK_S = 604_800
const ALICE = { username: 'alice', password: 'correct horse' }

const SETTINGS: AuthSettings = {
  auth: {
    providers: ['local'],
    tokenLifetimeMs: 4 * HOUR_MS,
    attempts: { perUser: 3, perAddress: 10, windowMs: 600_000 },
    levelRules: [],
    ldap: {
      url: '',
      userBase: '',
      searchDn: '',
      userBind: '',
      userFilter: '',
      uidAttr: 'uid',
      nameAttr: 'cn',
      syncIntervalMs: 0,
      syncRemove: false,
    },
    oidc: { provider: null, addUsers: false },
  },
  cockpit: {
    allow: ['10.0.0.0/8'],
    trustedProxies: [],
    jwtMaxAgeMs: 0,
    validateUser: false,
    sessionMaxAgeMs: WEEK_S * 1000,
  },
}

let clock: HandClock
let users: UserStore
let settings: SettingStore
let key: TokenKey
let auth: Auth

beforeEach(async () => {
  clock = new HandClock()
  users = memoryUsers()
  settings = memorySettings()
  auth = await makeAuth()
  key = await loadTokenKey(settings, {})
  await auth.accounts.add('alice', ALICE.password, ['user', 'manager', 'api'], { projects: ['p1'] })
  await auth.accounts.add('root', 'also correct', ['admin'])
})

function makeAuth(changed: AuthSettings = SETTINGS, env = {}): Promise<Auth> {
  return createAuth(
    { users, settings, clientKeys: memoryClientKeys(), own: { name: 'yard', uid: 1000 }, env, clock, log: silentLog },
    changed,
  )
}

const OVER = { code: 'unauthenticated', message: 'the session is over; sign in again' }

describe('a session', () => {
  test('is opened with a password, and is the account with its roles and projects', async () => {
    const { value, maxAgeSeconds } = await auth.browser.withPassword(ALICE, HOST)
    expect(maxAgeSeconds).toBe(WEEK_S)
    const caller = await auth.browser.read(value)
    expect(caller).toEqual({ user: 'alice', level: 'user', roles: ['user', 'manager', 'api'], projects: ['p1'] })
    expect(auth.browser.read(value)).toBe(caller)
  })

  test('is not opened with a wrong one, and the tries are counted', async () => {
    const wrong = { username: 'alice', password: 'wrong' }
    for (let time = 0; time < 3; time += 1)
      await expect(auth.browser.withPassword(wrong, HOST)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(auth.browser.withPassword(ALICE, HOST)).rejects.toMatchObject({ code: 'limited' })
    await auth.browser.withPassword(ALICE, '192.0.2.8')
  })

  test('ends with its time', async () => {
    const { value } = await auth.browser.withPassword(ALICE, HOST)
    await auth.browser.read(value)
    clock.turn(WEEK_S * 1000)
    await expect(auth.browser.read(value)).rejects.toMatchObject(OVER)
  })

  test('ends when its account changes', async () => {
    const { value } = await auth.browser.withPassword(ALICE, HOST)
    await auth.browser.read(value)
    await auth.accounts.setPassword('alice', 'battery staple')
    await expect(auth.browser.read(value)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('sees at once what projects there are, and goes on', async () => {
    const { value } = await auth.browser.withPassword(ALICE, HOST)
    await auth.accounts.addProject('alice', 'p2')
    expect(await auth.browser.read(value)).toMatchObject({ projects: ['p1', 'p2'] })
  })

  test('that was closed is over for whoever kept it, also after a restart; others go on', async () => {
    const [one, other] = [await auth.browser.withPassword(ALICE, HOST), await auth.browser.withPassword(ALICE, HOST)]
    await auth.browser.read(one.value)
    await auth.browser.close(one.value)
    for (const server of [auth, await makeAuth()]) {
      await expect(server.browser.read(one.value)).rejects.toMatchObject(OVER)
      await expect(server.browser.issueToken(one.value, 'alice')).rejects.toMatchObject(OVER)
      expect(await server.browser.read(other.value)).toMatchObject({ user: 'alice' })
    }
  })

  test('that never was one can be closed', async () => {
    await auth.browser.close('nonsense')
    await auth.browser.close('')
  })

  test('goes on when the settings are read again', async () => {
    const { value } = await auth.browser.withPassword(ALICE, HOST)
    auth.reread(SETTINGS)
    expect(await auth.browser.read(value)).toMatchObject({ user: 'alice' })
  })
})

describe('nothing does for another thing:', () => {
  test('a session is no token, at any door', async () => {
    const { value } = await auth.browser.withPassword(ALICE, HOST)
    await expect(auth.bearer(value)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(auth.signIn.verify(value)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(auth.browser.withToken(value)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('a token is no session', async () => {
    const { token } = await auth.signIn.issue(ALICE, HOST)
    await expect(auth.browser.read(token)).rejects.toMatchObject(OVER)
  })

  test.each([
    ['another purpose', { typ: 'openid+jwt' }, {}],
    ['no purpose', {}, {}],
    ['another issuer', { typ: 'session+jwt' }, { iss: 'yardmaster' }],
    ['another audience', { typ: 'session+jwt' }, { aud: 'x' }],
    ['no end', { typ: 'session+jwt' }, { exp: undefined }],
    ['no number', { typ: 'session+jwt' }, { jti: undefined }],
    ['another revision', { typ: 'session+jwt' }, { rev: 1 }],
  ])('facts that are sealed with %s are no session', async (_what, header, claims) => {
    const { revision } = (await users.get('alice'))!
    const [iss, exp] = ['yardmaster/session', Math.floor(clock.now() / 1000) + 60]
    const right = { iss, aud: iss, sub: 'alice', jti: 'x', roles: ['user'], rev: revision, exp }
    const sealed = (head: object, facts: object) => forge(key, { alg: 'EdDSA', ...head }, { ...right, ...facts })
    expect(await auth.browser.read(sealed({ typ: 'session+jwt' }, {}))).toMatchObject({ user: 'alice' })
    await expect(auth.browser.read(sealed(header, claims))).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('what is kept for an OpenID sign-in is no token and no session', async () => {
    const kept = await createSeal(key, 'openid', clock).seal({ sub: 'alice' }, clock.now() + 1000)
    await expect(auth.browser.read(kept)).rejects.toMatchObject(OVER)
    await expect(auth.bearer(kept)).rejects.toThrow('made for another purpose')
  })
})

describe('a token', () => {
  test('opens a session of its account, that is no more and lasts no longer', async () => {
    const { revision } = (await users.get('alice'))!
    const exp = Math.floor(clock.now() / 1000) + 3600
    const claims = { iss: 'yardmaster', sub: 'alice', roles: ['user'], rev: revision, exp }
    const { value, maxAgeSeconds } = await auth.browser.withToken(forge(key, { alg: 'EdDSA' }, claims))
    expect(maxAgeSeconds).toBeLessThanOrEqual(3605)
    expect(await auth.browser.read(value)).toMatchObject({ user: 'alice', roles: ['user'] })
    // Else a token of an hour would be worth one without an end.
    const issued = await auth.browser.issueToken(value, 'alice')
    expect((await auth.bearer(issued)).roles).toEqual(['user'])
    clock.turn(2 * HOUR_MS)
    await expect(auth.bearer(issued)).rejects.toThrow('token is expired')
    await expect(auth.browser.read(value)).rejects.toMatchObject(OVER)
  })

  test('of another program opens a session with what token and account have both, and none without account', async () => {
    const foreign = (sub: string) => forge(key, { alg: 'EdDSA' }, { sub, roles: ['admin', 'user'] })
    const { value } = await auth.browser.withToken(foreign('alice'))
    expect(await auth.browser.read(value)).toMatchObject({ roles: ['user'] })
    await expect(auth.browser.withToken(foreign('nobody'))).rejects.toThrow('unknown user')
  })

  test('is made for oneself by anybody, for others by an administrator, and holds until the account changes', async () => {
    const alice = await auth.browser.withPassword(ALICE, HOST)
    const root = await auth.browser.withPassword({ username: 'root', password: 'also correct' }, HOST)
    const token = await auth.browser.issueToken(root.value, 'alice')
    clock.turn(5 * WEEK_S * 1000)
    expect(await auth.bearer(token)).toMatchObject({
      user: 'alice',
      roles: ['user', 'manager', 'api'],
      projects: ['p1'],
    })
    await auth.accounts.removeRole('alice', 'api')
    await expect(auth.bearer(token)).rejects.toThrow('the account was changed')
    await expect(auth.browser.issueToken(alice.value, 'alice')).rejects.toMatchObject(OVER)
  })

  test('is not made for others by anybody else, nor for nobody', async () => {
    const alice = await auth.browser.withPassword(ALICE, HOST)
    const root = await auth.browser.withPassword({ username: 'root', password: 'also correct' }, HOST)
    await expect(auth.browser.issueToken(alice.value, 'root')).rejects.toMatchObject({
      code: 'forbidden',
      message: 'only admins are allowed to sign JWTs not for themselves',
    })
    await expect(auth.browser.issueToken(root.value, 'zz')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('that is made ends as cockpit.jwt_max_age says', async () => {
    auth.reread({ ...SETTINGS, cockpit: { ...SETTINGS.cockpit, jwtMaxAgeMs: HOUR_MS } })
    const { value } = await auth.browser.withPassword(ALICE, HOST)
    const token = await auth.browser.issueToken(value, 'alice')
    await auth.bearer(token)
    clock.turn(HOUR_MS + 6000)
    await expect(auth.bearer(token)).rejects.toThrow('token is expired')
  })
})

describe('the settings', () => {
  test('say who may knock, and can be read again', () => {
    expect([auth.door.allows('10.1.2.3'), auth.door.allows('192.0.2.1')]).toEqual([true, false])
    auth.reread({ ...SETTINGS, cockpit: { ...SETTINGS.cockpit, allow: ['*'], trustedProxies: ['127.0.0.1'] } })
    expect(auth.door.allows(auth.door.addressOf('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }))).toBe(true)
    expect(auth.door.addressOf('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' })).toBe('192.0.2.1')
  })

  test('that cannot be change nothing', async () => {
    const wrong = { ...SETTINGS, auth: { ...SETTINGS.auth, providers: ['ldap'] as const } }
    expect(() => auth.reread(wrong)).toThrow('ldap.url')
    await auth.browser.withPassword(ALICE, HOST)
  })

  test('say whether accounts decide what a token of another program may do', async () => {
    const token = forge(key, { alg: 'EdDSA' }, { sub: 'robot', roles: ['api'] })
    expect(await auth.bearer(token)).toMatchObject({ user: 'robot' })
    auth.reread({ ...SETTINGS, cockpit: { ...SETTINGS.cockpit, validateUser: true } })
    await expect(auth.bearer(token)).rejects.toThrow('unknown user')
  })

  test('open the way through an OpenID provider where there is a client id, and say what is missing', async () => {
    const oidc = { provider: 'http://id.example.org', addUsers: false }
    const changed = { ...SETTINGS, auth: { ...SETTINGS.auth, oidc } }
    const without = await makeAuth(changed)
    expect(without.browser.openId).toBeNull()
    expect(without.warnings().join()).toContain('OID_CLIENT_ID is not set')
    const withId = await makeAuth(changed, { OID_CLIENT_ID: 'yardmaster' })
    expect(withId.browser.openId).not.toBeNull()
    expect(withId.warnings().join()).toContain('oidc.provider is without TLS')
    withId.reread(SETTINGS)
    expect(withId.browser.openId).toBeNull()
  })
})
