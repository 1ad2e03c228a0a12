import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readIdentity } from '../../../src/auth/oidc/identity.ts'
import { createOpenId, type OpenIdParts } from '../../../src/auth/oidc/open-id.ts'
import { createSeal } from '../../../src/auth/seal.ts'
import { loadTokenKey, type TokenKey } from '../../../src/auth/token-key.ts'
import { silentLog } from '../../../src/base/log.ts'
import type { User } from '../../../src/store/store.ts'
import { HandClock } from '../../support/clock.ts'
import { aUser, memorySettings, memoryUsers } from '../../support/memory-store.ts'
import { CLIENT, type OpenIdServer, REDIRECT_URI, startOpenIdServer } from '../../support/open-id-server.ts'

const CLAIMS = {
  1: {
    preferred_username: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@example.org',
    realm_access: { roles: ['admin', 'api', 'x'] },
  },
  2: {
    preferred_username: 'grace',
    name: 'Grace Hopper',
    resource_access: { yardmaster: { roles: ['support'] }, other: { roles: ['admin'] } },
  },
  3: { preferred_username: '../etc/passwd' },
  4: { preferred_username: 'linus' },
}
const ADA = { sub: '1' }

let server: OpenIdServer
let key: TokenKey
beforeAll(async () => {
  server = await startOpenIdServer({ claims: CLAIMS })
  key = await loadTokenKey(memorySettings(), {})
})
afterAll(() => server?.close())

function made(changes: Partial<OpenIdParts> = {}, accounts: User[] = []) {
  const clock = new HandClock()
  const users = memoryUsers(accounts)
  const openId = createOpenId({
    provider: server.url,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    addUsers: true,
    users,
    seal: createSeal(key, 'openid', clock),
    clock,
    log: silentLog,
    ...changes,
  })
  const signIn = async (account: { sub: string } | 'refuse', callback = (url: string) => url) => {
    const { url, kept } = await openId.begin(REDIRECT_URI)
    return openId.finish(callback(await server.visit(url, account)), kept)
  }
  return { openId, users, clock, signIn }
}

describe('signing in through an OpenID provider', () => {
  test('asks with PKCE, a state and a nonce of its own each time', async () => {
    const { openId } = made()
    const [one, other] = await Promise.all([openId.begin(REDIRECT_URI), openId.begin(REDIRECT_URI)])
    const asked = new URL(one.url).searchParams
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: CLIENT.id,
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      redirect_uri: REDIRECT_URI,
    })
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(asked.get(name)).not.toBe(new URL(other.url).searchParams.get(name))
    expect(one.url).not.toContain(CLIENT.secret)
  })

  test('makes an account with the roles of the realm, but never that of a program', async () => {
    const { signIn, users } = made()
    const person = { fullName: 'Ada Lovelace', email: 'ada@example.org', source: 'oidc', passwordHash: null }
    expect(await signIn(ADA)).toMatchObject({ name: 'ada', roles: ['admin'], ...person })
    expect(await users.list()).toHaveLength(1)
  })

  test('reads the roles of this client, not of another', async () => {
    expect(await made().signIn({ sub: '2' })).toMatchObject({ name: 'grace', roles: ['support'], email: '' })
  })

  test('takes the roles that changed, and ends what was signed in before; else leaves all as it is', async () => {
    const before = aUser({ name: 'grace', roles: ['admin'], source: 'oidc', revision: 7 })
    const { signIn } = made({}, [before])
    const after = await signIn({ sub: '2' })
    expect(after.roles).toEqual(['support'])
    expect(after.revision).not.toBe(7)
    expect((await signIn({ sub: '2' })).revision).toBe(after.revision)
  })

  test('leaves the roles alone where the provider says nothing of roles', async () => {
    const before = aUser({ name: 'linus', roles: ['admin'], source: 'oidc', revision: 7 })
    expect(await made({}, [before]).signIn({ sub: '4' })).toMatchObject({ roles: ['admin'], revision: 7 })
    expect(await made().signIn({ sub: '4' })).toMatchObject({ roles: ['user'] })
  })

  test('works as well where the ID token says it all', async () => {
    const other = await startOpenIdServer({ claims: CLAIMS, inIdToken: true })
    const { openId } = made({ provider: other.url })
    const { url, kept } = await openId.begin(REDIRECT_URI)
    expect(await openId.finish(await other.visit(url, ADA), kept)).toMatchObject({ name: 'ada', roles: ['admin'] })
    await other.close()
  })

  test('takes an address that a proxy changed on the way', async () => {
    const { signIn } = made()
    const behind = (url: string) => `/oidc-callback${new URL(url).search}`
    expect(await signIn(ADA, behind)).toMatchObject({ name: 'ada' })
  })
})

describe('is refused:', () => {
  const refusal = (sentence: string) => ({ code: 'unauthenticated', message: expect.stringContaining(sentence) })

  test('somebody without an account, where none are made', async () => {
    const { signIn, users } = made({ addUsers: false })
    await expect(signIn(ADA)).rejects.toMatchObject(refusal('no account named ada'))
    expect(await users.list()).toEqual([])
  })

  test('somebody whose name is that of an account of the server itself', async () => {
    const { signIn } = made({}, [aUser({ name: 'ada', roles: ['user'], source: 'local' })])
    await expect(signIn(ADA)).rejects.toMatchObject(refusal('not one of the OpenID provider'))
  })

  test('a name that cannot be an account', async () => {
    await expect(made().signIn({ sub: '3' })).rejects.toMatchObject(refusal('preferred_username'))
  })

  test('who said no at the provider', async () => {
    await expect(made().signIn('refuse')).rejects.toMatchObject(refusal('refused the sign-in (access_denied)'))
  })

  test.each([
    ['an answer to another question', (url: string) => url.replace(/state=[^&]+/, 'state=x')],
    ['an answer without a state', (url: string) => url.replace(/state=[^&]+/, '')],
    ['a code of nobody', (url: string) => url.replace(/code=[^&]+/, 'code=x')],
    ['an answer of another issuer', (url: string) => url.replace(/iss=[^&]+/, 'iss=http%3A%2F%2Fevil.example')],
    ['nothing', () => REDIRECT_URI],
    ['an error that is markup', () => `${REDIRECT_URI}?error=%3Cscript%3E`],
  ])('%s', async (_what, change) => {
    const error = await made()
      .signIn(ADA, change)
      .catch((caught) => caught)
    expect(error).toMatchObject({ code: 'unauthenticated' })
    expect(error.message).not.toContain('script')
  })

  test('an answer that is used again', async () => {
    const { openId } = made()
    const { url, kept } = await openId.begin(REDIRECT_URI)
    const answer = await server.visit(url, ADA)
    await openId.finish(answer, kept)
    await expect(openId.finish(answer, kept)).rejects.toMatchObject(refusal('invalid_grant'))
  })

  test("an answer to another browser's question", async () => {
    const { openId } = made()
    const mine = await openId.begin(REDIRECT_URI)
    const { kept } = await openId.begin(REDIRECT_URI)
    await expect(openId.finish(await server.visit(mine.url, ADA), kept)).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  test.each([
    ['nothing', () => ''],
    ['what it wrote itself', () => 'eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6IngifQ.'],
  ])('a browser that kept %s', async (_what, change) => {
    const { openId } = made()
    const { url } = await openId.begin(REDIRECT_URI)
    const answer = await server.visit(url, ADA)
    await expect(openId.finish(answer, change())).rejects.toMatchObject(refusal('began elsewhere'))
  })

  test('who took longer than ten minutes', async () => {
    const { openId, clock } = made()
    const { url, kept } = await openId.begin(REDIRECT_URI)
    const answer = await server.visit(url, ADA)
    clock.turn(11 * 60_000)
    await expect(openId.finish(answer, kept)).rejects.toMatchObject(refusal('took too long'))
  })
})

describe('a provider that cannot be asked', () => {
  test('is told so, and asked again the next time', async () => {
    const other = await startOpenIdServer({ claims: CLAIMS })
    await other.close()
    const { openId } = made({ provider: other.url })
    for (let time = 0; time < 2; time += 1)
      await expect(openId.begin(REDIRECT_URI)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('is one that does not know us: that is not the fault of who signs in', async () => {
    const { signIn } = made({ clientSecret: 'wrong' })
    await expect(signIn(ADA)).rejects.toMatchObject({ code: 'unavailable', details: { reason: expect.any(String) } })
  })
})

test.each([
  [{ roles: 'admin' }, null],
  [null, null],
  ['admin', null],
  [{ roles: [] }, ['user']],
  [{ roles: [['admin'], { admin: 1 }, 'manager'] }, ['manager']],
])('of %j as realm_access, the roles are %j', (realm_access, roles) => {
  expect(readIdentity([{ preferred_username: 'ada', realm_access }], 'me').roles).toEqual(roles)
})
