/** One directory and one OpenID provider, and a server that knows both: the same people at every door. */

import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLIENT, type OpenIdServer, startOpenIdServer } from '../support/open-id-server.ts'
import { PEOPLE, SEARCHER, type Slapd, startSlapd, whyNoSlapd } from '../support/slapd.ts'
import { startYard, YARDMASTER, type Yard } from '../support/yard.ts'

const obstacle = whyNoSlapd()
if (obstacle) console.info(`sign-in: skipped, ${obstacle}`)

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => {
  return { method: 'POST', redirect: 'manual' as const, headers, body: new URLSearchParams(fields) }
}

describe.skipIf(obstacle)('a server with a directory and an OpenID provider', { timeout: 120_000 }, () => {
  let slapd: Slapd
  let provider: OpenIdServer
  let yard: Yard
  const secrets = { LDAP_ADMIN_PASSWORD: SEARCHER.password, OID_CLIENT_ID: CLIENT.id, OID_CLIENT_SECRET: CLIENT.secret }

  beforeAll(async () => {
    slapd = await startSlapd()
    provider = await startOpenIdServer({
      claims: { 1: { preferred_username: 'olga', realm_access: { roles: ['support'] } } },
    })
    Object.assign(process.env, secrets)
    const settings = {
      'auth.providers': 'local,ldap',
      'ldap.url': slapd.url,
      'ldap.user_base': PEOPLE,
      'ldap.user_bind': `uid={username},${PEOPLE}`,
      'ldap.search_dn': SEARCHER.dn,
      'oidc.provider': provider.url,
      'oidc.add_users': 'true',
    }
    yard = await startYard({ sets: Object.entries(settings).map(([name, value]) => `${name}=${value}`) })
  })
  afterAll(async () => {
    for (const name of Object.keys(secrets)) delete process.env[name]
    await yard?.remove()
    await provider?.close()
    await slapd?.remove()
  })

  const accounts = () => {
    const { stdout } = spawnSync(YARDMASTER, ['user', 'list', '--json', '--data', yard.dataDir], { encoding: 'utf8' })
    return JSON.parse(stdout) as { name: string; source: string; fullName: string; roles: string[] }[]
  }
  const signIn = (username: string, password: string) => fetch(`${yard.url}/api/v3/token`, form({ username, password }))
  const login = (username: string, password: string) => fetch(`${yard.cockpitUrl}/login`, form({ username, password }))

  test('lets a person of the directory in at both doors, as one account', async () => {
    expect((await signIn('ada', "ada's password")).status).toBe(200)
    const answer = await login('Ada', "ada's password")
    expect(answer.status).toBe(302)
    expect(answer.headers.getSetCookie().join()).toMatch(
      /^session=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax/,
    )
    const home = await fetch(new URL(answer.headers.get('location')!, yard.cockpitUrl))
    expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('href="/swagger/"')])
    expect(accounts().filter(({ source }) => source === 'ldap')).toEqual([
      expect.objectContaining({ name: 'ada', fullName: 'Ada Lovelace', roles: ['user'] }),
    ])
  })

  test('refuses a wrong password, no password, and a filter for a name', async () => {
    for (const [name, password] of [
      ['ada', 'wrong'],
      ['ada', ''],
      ['ada)(uid=*', "ada's password"],
    ] as const) {
      expect((await signIn(name, password)).status).toBeGreaterThanOrEqual(400)
      expect((await login(name, password)).status).toBe(401)
    }
    expect(accounts().map(({ name }) => name)).not.toContain('ada)(uid=*')
  })

  test('lets a person in through the OpenID provider, with the roles that it says, and out again', async () => {
    const begun = await fetch(`${yard.cockpitUrl}/oidc-login`, { redirect: 'manual' })
    const kept = begun.headers.getSetCookie()[0]!.split(';')[0]!
    const back = await provider.visit(begun.headers.get('location')!, { sub: '1' })
    const entered = await fetch(back, { redirect: 'manual', headers: { cookie: kept } })
    const session = entered.headers
      .getSetCookie()
      .find((line) => line.startsWith('session='))!
      .split(';')[0]!
    expect(accounts()).toContainEqual(expect.objectContaining({ name: 'olga', source: 'oidc', roles: ['support'] }))
    const asOlga = { headers: { cookie: session } }
    const issued = await fetch(`${yard.cockpitUrl}/frontend/jwt/`, asOlga)
    expect(await issued.text()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    await fetch(`${yard.cockpitUrl}/logout`, form({}, asOlga.headers))
    expect((await fetch(`${yard.cockpitUrl}/frontend/jwt/`, asOlga)).status).toBe(401)
  })

  test('says that the directory is down, lets its own accounts in meanwhile, and goes on when it is back', async () => {
    const words = ['user', 'add', 'local', '--password-stdin', '--data', yard.dataDir]
    expect(spawnSync(YARDMASTER, words, { input: 'long enough 1\n' }).status).toBe(0)
    await slapd.stop()
    const answer = await signIn('grace', "grace's password")
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('the directory of accounts cannot be asked at this moment')
    expect((await signIn('local', 'long enough 1')).status).toBe(200)
    await slapd.start()
    expect((await signIn('grace', "grace's password")).status).toBe(200)
  })
})
