/** Accounts, sessions, and what administrators set in a browser (spec/cockpit.md 1.11, 1.13, 2.5). */

import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createLogRing } from '../../../src/base/log-ring.ts'
import { startOpenIdServer } from '../../support/open-id-server.ts'
import { aStart, type Door, openDoor, PASSWORD, sessionOf } from './door.ts'
import { conversation } from './golden.ts'

const ADMIN = 'root/api+admin'

test('a program of an administrator lists accounts and gives them roles and projects', async () => {
  const { door, say, close } = await conversation()
  await door.auth.accounts.add('alice', PASSWORD, ['user'], { fullName: 'Alice', email: 'alice@example.org' })
  await door.auth.accounts.add('adapter', '', ['api'])
  await say('GET', '/api/users/', { as: ADMIN })
  await say('GET', '/api/users/?not-just-user=true', { as: ADMIN })
  await say('GET', '/api/users/')
  const path = '/api/user/alice'
  await say('POST', path, { body: { 'add-role': 'support' } })
  for (const body of [
    { 'add-role': 'support' },
    { 'add-role': 'support' },
    { 'add-role': 'bogus' },
    { 'add-project': 'p1' },
    { 'remove-role': 'support' },
    { 'remove-role': 'support' },
    { 'add-role': 'manager' },
    { 'add-project': 'p1' },
    { 'add-project': 'p1' },
    { 'remove-role': 'manager' },
    { 'remove-project': 'zz' },
    { 'remove-project': 'p1' },
    {},
    { 'add-rôle': 'x' },
    '',
  ])
    await say('POST', path, { as: ADMIN, body })
  await say('POST', '/api/user/nobody', { as: ADMIN, body: { 'add-role': 'support' } })
  close('users')
})

test('administrators add, change and remove accounts in a browser', async () => {
  const { door, say, close } = await conversation()
  const session = await sessionOf(door, 'root', ['admin'])
  const bob = { username: 'bob', password: PASSWORD, role: 'user', name: 'Bob', email: 'bob@example.org', project: '' }
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
  await say('GET', '/config/roles/', { session })
  await say('POST', '/config/users/', { session, body: form(bob) })
  await say('PUT', '/config/users/', { session, body: form(bob) })
  for (const change of [
    { username: '' },
    { username: 'x'.repeat(101) },
    { username: 'carl', password: '' },
    { username: 'carl', role: 'manager' },
    { username: 'carl', project: 'p1' },
    { username: 'carl', role: 'bogus' },
  ])
    await say('POST', '/config/users/', { session, body: form({ ...bob, ...change }) })
  await say('POST', '/config/users/', {
    session,
    body: form({ ...bob, username: 'program', password: '', role: 'api' }),
  })
  await say('GET', '/config/users/?not-just-user=true', { session })
  await say('POST', '/config/user/bob', { session, body: form({ 'add-role': 'support' }) })
  await say('POST', '/config/user/bob', { session, body: form({}) })
  await say('POST', '/config/user/nobody', { session, body: form({ 'add-role': 'support' }) })
  await say('DELETE', '/config/users/', { session, body: form({ username: 'bob' }) })
  await say('DELETE', '/config/users/?username=bob', { session })
  await say('GET', '/config/users/', { session })
  close('config-users')
})

test('notice and taggers are the administrators’', async () => {
  const { door, say, close } = await conversation()
  const session = await sessionOf(door, 'root', ['admin'])
  await say('POST', '/config/notice/', { session, body: `new-content=${encodeURIComponent('<b>Down</b> on Monday')}` })
  expect((await door.call('GET', '/login', { as: null })).body).toContain('&#60;b&#62;Down&#60;/b&#62; on Monday')
  await say('POST', '/config/notice/', { session, body: `new-content=${'x'.repeat(10_001)}` })
  await say('POST', '/config/notice/', { session, body: 'new-content=' })
  await say('GET', '/config/taggers/', { session })
  await say('POST', '/config/taggers/run/', { session, body: 'name=JobClassTagger' })
  await say('POST', '/config/taggers/run/', { session, body: '' })
  await say('POST', '/config/taggers/run/', { session, body: 'name=bogus' })
  close('config')
})

test('a person keeps settings of the console, and gets a token that opens the door of programs', async () => {
  const { door, say, close } = await conversation()
  const session = await sessionOf(door, 'alice', ['user', 'api'])
  await say('POST', '/frontend/configuration/', { session, body: 'key=plotsPerRow&value=3' })
  await say('POST', '/frontend/configuration/', { session, body: 'value=3' })
  await say('GET', '/frontend/configuration/', { session })
  await say('GET', '/frontend/jwt/?username=bob', { session })
  await say('GET', '/frontend/logs/', { session })
  await say('GET', '/frontend/jobs/', { session })
  await say('GET', '/frontend/tags/', { session })
  const { body: token, statusCode } = await door.call('GET', '/frontend/jwt/?username=alice', { session })
  expect(statusCode).toBe(200)
  const listed = await door.call('GET', '/userapi/jobs/', { as: null, headers: { authorization: `Bearer ${token}` } })
  expect(listed.statusCode).toBe(200)
  close('frontend')
})

test('an administrator signs tokens for others and is told of those who are not there', async () => {
  const { door, say, close } = await conversation()
  const session = await sessionOf(door, 'root', ['admin'])
  await door.auth.accounts.add('adapter', '', ['api'])
  const { body: token } = await door.call('GET', '/frontend/jwt/?username=adapter', { session })
  const headers = { 'x-auth-token': token }
  expect((await door.call('POST', '/api/jobs/start_job/', { as: null, headers, body: aStart() })).statusCode).toBe(201)
  await say('GET', '/frontend/jwt/?username=nobody', { session })
  close('jwt')
})

test('the log is read by administrators, newest last, by level and words', async () => {
  const logs = createLogRing({ write: () => undefined })
  const door = await openDoor({ changes: { logs } })
  const session = await sessionOf(door, 'root', ['admin'])
  const line = (level: number, time: string, msg: string) =>
    logs.write(`${JSON.stringify({ level, time, msg, host: 'a' })}\n`)
  line(30, '2026-11-21T08:00:00.000Z', 'old')
  line(30, '2026-11-21T08:59:00.000Z', 'signed in')
  line(50, '2026-11-21T08:59:01.000Z', 'disk full')
  const messages = async (query: string) => {
    const answer = await door.call('GET', `/frontend/logs/${query}`, { session })
    return answer.statusCode === 200
      ? answer.json().map(({ message }: { message: string }) => message)
      : answer.json().error
  }
  expect(await messages('')).toEqual(['old {"host":"a"}', 'signed in {"host":"a"}', 'disk full {"host":"a"}'])
  expect(await messages('?since=10m&lines=1')).toEqual(['disk full {"host":"a"}'])
  expect(await messages('?level=3')).toEqual(['disk full {"host":"a"}'])
  expect(await messages('?search=SIGNED')).toEqual(['signed in {"host":"a"}'])
  expect(await messages(`?since=${Date.UTC(2026, 10, 21, 8, 59, 1) / 1000}`)).toEqual(['disk full {"host":"a"}'])
  expect(await messages('?lines=1001')).toBe("invalid 'lines' parameter")
  expect(await messages('?level=9')).toBe("invalid 'level' parameter")
  expect(await messages('?since=yesterday')).toMatch(/since must be/)
})

test('whoever signs in with a password gets a session, and goes where he wanted to', async () => {
  const door = await openDoor()
  await door.auth.accounts.add('alice', PASSWORD, ['user'])
  const welcome = await signIn(door, { username: 'alice', password: PASSWORD, redirect: '/monitoring?x=1' })
  expect([welcome.statusCode, welcome.headers.location]).toEqual([302, '/monitoring?x=1'])
  expect(welcome.cookies).toMatchObject([
    { name: 'session', path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 604_800 },
  ])
  expect(welcome.cookies[0]).not.toHaveProperty('secure')
  const behindTls = await signIn(door, { username: 'alice', password: PASSWORD }, { 'x-forwarded-proto': 'https' })
  expect(behindTls.cookies).toMatchObject([{ secure: true }])
  for (const redirect of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/a\r\nx: y',
  ])
    expect((await signIn(door, { username: 'alice', password: PASSWORD, redirect })).headers.location).toBe('/')
})

test('a wrong password shows the page again, with what is wrong and without what was typed as a password', async () => {
  const door = await openDoor()
  await door.auth.accounts.add('alice', PASSWORD, ['user'])
  const refused = await signIn(door, { username: '"><script>', password: 'not this one' })
  expect(refused.statusCode).toBe(401)
  expect(refused.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(refused.body).toContain('role="alert">Authentication failed')
  expect(refused.body).not.toContain('<script>')
  expect(refused.body).not.toContain('not this one')
  expect(refused.cookies).toEqual([])
  for (let attempt = 0; attempt < 3; attempt++) await signIn(door, { username: 'alice', password: 'wrong' })
  expect((await signIn(door, { username: 'alice', password: PASSWORD })).body).toMatch(/too many sign-ins failed/)
})

test('a session ends when its owner signs out, also for who kept the cookie', async () => {
  const door = await openDoor()
  const session = await sessionOf(door, 'alice', ['user'])
  expect((await door.call('GET', '/frontend/jobs/', { session })).statusCode).toBe(200)
  const out = await door.call('POST', '/logout', { session })
  expect([out.statusCode, out.headers.location]).toEqual([302, '/login'])
  expect(out.cookies).toMatchObject([{ name: 'session', value: '' }])
  const after = await door.call('GET', '/frontend/jobs/', { session })
  expect([after.statusCode, after.json().status]).toEqual([401, 'Unauthorized'])
})

test('a token opens a session as well, by header or in the address', async () => {
  const door = await openDoor()
  await door.auth.accounts.add('alice', PASSWORD, ['user', 'api'])
  const own = await sessionOf(door, 'root', ['admin'])
  const { body: token } = await door.call('GET', '/frontend/jwt/?username=alice', { session: own })
  for (const answer of [
    await door.call('GET', `/jwt-login?login-token=${token}`, { as: null }),
    await door.call('POST', '/jwt-login', { as: null, headers: { authorization: `Bearer ${token}` } }),
  ]) {
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/'])
    const [cookie] = answer.cookies as { value: string }[]
    expect((await door.call('GET', '/frontend/jobs/', { session: cookie!.value })).statusCode).toBe(200)
  }
  expect((await door.call('GET', '/jwt-login', { as: null })).statusCode).toBe(401)
  expect((await door.call('GET', '/jwt-login?login-token=x', { as: null })).statusCode).toBe(401)
})

test('without a provider, OpenID sign-in says what there is instead', async () => {
  const { call } = await openDoor()
  for (const path of ['/oidc-login', '/oidc-callback?code=x&state=y']) {
    const answer = await call('GET', path, { as: null, headers: { cookie: 'oidc=x' } })
    expect([answer.statusCode, answer.json().error]).toEqual([404, expect.stringContaining('/login')])
  }
  expect((await call('GET', '/login', { as: null })).body).not.toContain('oidc-login')
})

test('people sign in at the organisation’s provider, and are told where that fails', { timeout: 60_000 }, async () => {
  const provider = await startOpenIdServer({ claims: { ada: { preferred_username: 'ada', name: 'Ada' } } })
  onTestFinished(() => provider.close())
  const door = await openDoor({ openId: provider.url })
  await door.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.app.server.address() as AddressInfo
  const ask = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie } })
  const page = await (await ask(`http://127.0.0.1:${port}/login`)).text()
  expect(page).toContain('href="/oidc-login"')
  const begin = async (account: { sub: string } | 'refuse') => {
    const sent = await ask(`http://127.0.0.1:${port}/oidc-login`)
    const kept = sent.headers.getSetCookie()[0]!.split(';')[0]!
    return { kept, back: await provider.visit(sent.headers.get('location')!, account) }
  }
  const { kept, back } = await begin({ sub: 'ada' })
  const stranger = await ask(back)
  expect([stranger.status, await stranger.text()]).toEqual([401, expect.stringContaining('role="alert"')])
  const welcome = await ask(back, kept)
  expect([welcome.status, welcome.headers.get('location')]).toEqual([302, '/'])
  const session = welcome.headers
    .getSetCookie()
    .find((line) => line.startsWith('session='))!
    .split(';')[0]!
  expect((await ask(`http://127.0.0.1:${port}/frontend/jobs/`, session)).status).toBe(200)
  const refused = await begin('refuse')
  expect((await ask(refused.back, refused.kept)).status).toBe(401)
})

test('a page of another origin changes nothing with the cookie of a session', async () => {
  const door = await openDoor()
  const session = await sessionOf(door, 'alice', ['user'])
  const set = (headers: Record<string, string>) =>
    door.call('POST', '/frontend/configuration/', { session, body: 'key=a&value=b', headers })
  expect((await set({ origin: 'http://localhost:80' })).statusCode).toBe(200)
  expect((await set({ origin: 'http://localhost:9999' })).statusCode).toBe(403)
  expect((await set({ origin: 'null' })).statusCode).toBe(403)
  expect((await set({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
})

function signIn(door: Door, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return door.call('POST', '/login', { as: null, body: new URLSearchParams(fields).toString(), headers })
}
