import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { nameFor } from '../../../src/auth/ldap/bind-name.ts'
import { createDirectory, type DirectorySettings } from '../../../src/auth/ldap/directory.ts'
import { createDirectorySync } from '../../../src/auth/ldap/directory-sync.ts'
import { ldapProvider } from '../../../src/auth/ldap/ldap-provider.ts'
import { silentLog } from '../../../src/base/log.ts'
import { selfSignedPair } from '../../../src/http/certificate.ts'
import { HandClock } from '../../support/clock.ts'
import { testFolder } from '../../support/folder.ts'
import { aUser, memoryUsers } from '../../support/memory-store.ts'
import { MANAGER, PEOPLE, SEARCHER, type Slapd, startSlapd, whyNoSlapd } from '../../support/slapd.ts'

const obstacle = whyNoSlapd()
if (obstacle) console.info(`ldap: skipped, ${obstacle}`)

const BIND = `uid={username},${PEOPLE}`

const settings = (url: string, changes: Partial<DirectorySettings> = {}): DirectorySettings => ({
  url,
  userBase: PEOPLE,
  searchDn: '',
  userBind: BIND,
  userFilter: '(objectClass=posixAccount)',
  uidAttr: 'uid',
  nameAttr: 'gecos',
  ...changes,
})

describe.skipIf(obstacle)('a directory', () => {
  let slapd: Slapd
  beforeAll(async () => {
    slapd = await startSlapd()
  })
  afterAll(() => slapd?.remove())

  const directory = (changes: Partial<DirectorySettings> = {}, searchPassword?: string) =>
    createDirectory({ settings: settings(slapd.url, changes), searchPassword, timeoutMs: 2000 })
  const searching = { searchDn: SEARCHER.dn }

  const modes: [string, () => ReturnType<typeof directory>][] = [
    ['by a name made of the setting', () => directory()],
    ['by such a name, with one who searches', () => directory(searching, SEARCHER.password)],
    ['by a name that is searched first', () => directory({ ...searching, userBind: '' }, SEARCHER.password)],
  ]

  describe.each(modes)('asked %s', (_how, made) => {
    test('takes the right password, and says who it is', async () => {
      const ada = { username: 'ada', fullName: 'Ada Lovelace', email: 'ada@example.org' }
      expect(await made().verify('ada', "ada's password")).toEqual(ada)
      expect(await made().verify('grace', "grace's password")).toMatchObject({ fullName: 'Grace Hopper', email: '' })
    })

    test('gives a person one name, however it is typed', async () => {
      expect(await made().verify('ADA', "ada's password")).toMatchObject({ username: 'ada' })
    })

    test.each([
      ['a wrong password', 'ada', 'wrong'],
      ["another's password", 'ada', "grace's password"],
      ['no password, which would be nobody signing in', 'ada', ''],
      ['a megabyte', 'ada', 'x'.repeat(1 << 20)],
      ['an unknown name', 'nobody', "ada's password"],
      ['no name', '', "ada's password"],
      ['somebody whom the filter leaves out', 'service', "service's password"],
      ['a name that two have', 'twin', "twin's password"],
      ['a name that cannot be an account', '7up', "7up's password"],
      ['a star', '*', "ada's password"],
      ['the start of a name', 'ad*', "ada's password"],
      ['a filter', 'ada)(uid=*', "ada's password"],
      ['a filter that is always true', '*)(objectClass=*))(|(uid=*', "ada's password"],
      ['a longer DN', `ada,${PEOPLE}`, "ada's password"],
      ['another DN', `x+cn=ada`, "ada's password"],
      ['a name ended by NUL', 'ada\0', "ada's password"],
      ['an escape', '\\61da', "ada's password"],
    ])('refuses %s', async (_what, username, password) => {
      expect(await made().verify(username, password)).toBeUndefined()
    })

    test('takes no text whatever for a name but that of the person', async () => {
      const text = fc.oneof(fc.string(), fc.stringMatching(/^ada[ *()\\,+=<>;"#]{1,3}[a-z*]*$/))
      const directoryOnce = made()
      await fc.assert(
        fc.asyncProperty(text, async (name) => {
          // A directory compares names without regard to case and to blanks around them (caseIgnoreMatch).
          fc.pre(name.trim().toLowerCase() !== 'ada')
          expect(await directoryOnce.verify(name, "ada's password")).toBeUndefined()
        }),
        { numRuns: 60 },
      )
    })
  })

  test('lists everybody whom the filter finds, also more than it gives at once', async () => {
    const people = await directory(searching, SEARCHER.password).list()
    expect(people.map(({ username }) => username).toSorted()).toEqual(['ada', 'grace', 'twin', 'twin'])
  })

  test.each([
    ['without the password of who searches', searching, undefined, 'LDAP_ADMIN_PASSWORD is not set'],
    ['with a wrong one', searching, 'wrong', 'InvalidCredentials'],
    ['with a tree that is not there', { userBase: 'ou=none,dc=example,dc=org' }, undefined, 'NoSuchObject'],
  ])('cannot be listed %s, and says why in the log alone', async (_what, changes, password, reason) => {
    const refusal = {
      code: 'unavailable',
      message: 'the directory of accounts cannot be asked at this moment; try again later',
      details: { reason: expect.stringContaining(reason) },
    }
    await expect(directory(changes, password).list()).rejects.toMatchObject(refusal)
  })

  describe('as a place to sign in', () => {
    const clock = new HandClock()
    const provider = (users = memoryUsers()) => ({
      users,
      enter: ldapProvider({ users, directory: directory(), clock }),
    })

    test('makes an account of the role user at the first time, and finds it again', async () => {
      const { users, enter } = provider()
      const first = await enter('ada', "ada's password")
      const person = { fullName: 'Ada Lovelace', email: 'ada@example.org', source: 'ldap', passwordHash: null }
      expect(first).toMatchObject({ name: 'ada', roles: ['user'], ...person })
      expect(await enter('Ada', "ada's password")).toEqual(first)
      expect(await users.list()).toHaveLength(1)
    })

    test('leaves the roles that an administrator gave, and tokens good, when a person has another name now', async () => {
      const { enter } = provider(memoryUsers([aUser({ name: 'ada', roles: ['admin'], source: 'ldap', revision: 7 })]))
      const changed = { roles: ['admin'], fullName: 'Ada Lovelace', revision: 7 }
      expect(await enter('ada', "ada's password")).toMatchObject(changed)
    })

    test('gets nobody at an account of the server that has the same name', async () => {
      const { enter } = provider(memoryUsers([aUser({ name: 'ada', roles: ['admin'], source: 'local' })]))
      expect(await enter('ada', "ada's password")).toBeUndefined()
    })
  })

  describe('kept in step with', () => {
    const made = (changes: { intervalMs?: number; remove?: boolean; filter?: string } = {}) => {
      const clock = new HandClock()
      const users = memoryUsers([
        aUser({ name: 'root', source: 'local' }),
        aUser({ name: 'gone', source: 'ldap' }),
        aUser({ name: 'grace', source: 'local', fullName: 'Another Grace' }),
      ])
      const { intervalMs = 0, remove = false, filter } = changes
      const some = directory(filter ? { ...searching, userFilter: filter } : searching, SEARCHER.password)
      const sync = createDirectorySync({ users, directory: some, intervalMs, remove, clock, log: silentLog })
      const names = async () => (await users.list()).map(({ name, source }) => `${name} ${source}`)
      return { sync, names, clock, users }
    }

    test('gets accounts for newcomers, and keeps those that are gone', async () => {
      const { sync, names } = made()
      expect(await sync.run()).toEqual({ added: 2, removed: 0 })
      expect(await names()).toEqual(['ada ldap', 'gone ldap', 'grace local', 'root local', 'twin ldap'])
      expect(await sync.run()).toEqual({ added: 0, removed: 0 })
    })

    test('loses accounts of the directory that are gone from it, never others', async () => {
      const { sync, names } = made({ remove: true })
      expect(await sync.run()).toEqual({ added: 2, removed: 1 })
      expect(await names()).toEqual(['ada ldap', 'grace local', 'root local', 'twin ldap'])
    })

    test('loses nobody to a filter that finds nobody', async () => {
      const { sync, names } = made({ remove: true, filter: '(uid=nobody)' })
      expect(await sync.run()).toEqual({ added: 0, removed: 0 })
      expect(await names()).toContain('gone ldap')
    })

    test('every so often, until it is stopped', async () => {
      const { sync, names, clock } = made({ intervalMs: 60_000 })
      await sync.start()
      await sync.run()
      const manager = new Client({ url: slapd.url })
      onTestFinished(() => manager.unbind())
      await manager.bind(MANAGER.dn, MANAGER.password)
      await manager.add(`uid=linus,${PEOPLE}`, {
        objectClass: ['account', 'posixAccount'],
        cn: 'linus',
        uidNumber: '1001',
        gidNumber: '1001',
        homeDirectory: '/home/linus',
      })
      onTestFinished(() => manager.del(`uid=linus,${PEOPLE}`))
      await new Promise(setImmediate)
      clock.turn(60_000)
      await sync.run()
      expect(await names()).toContain('linus ldap')
      await sync.stop()
    })
  })

  test('that is down is told from a wrong password, and asked again when it is back', async () => {
    const asked = directory()
    await slapd.stop()
    const refusal = { code: 'unavailable', message: expect.stringContaining('cannot be asked') }
    await expect(asked.verify('ada', "ada's password")).rejects.toMatchObject(refusal)
    await slapd.start()
    expect(await asked.verify('ada', "ada's password")).toMatchObject({ username: 'ada' })
  })
})

describe.skipIf(obstacle)('a directory over TLS', () => {
  test('is trusted by its authority alone, and the password goes to nobody else', async () => {
    const folder = testFolder()
    const names = ['localhost', '127.0.0.1']
    const { certificate } = await selfSignedPair({ folder, names, now: new HandClock().now() })
    const slapd = await startSlapd({ certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') })
    onTestFinished(() => slapd.remove())
    const parts = { settings: settings(slapd.url), searchPassword: undefined }
    const trusting = createDirectory({ ...parts, authorities: [certificate] })
    expect(await trusting.verify('ada', "ada's password")).toMatchObject({ username: 'ada' })
    const refusal = { code: 'unavailable', details: { reason: expect.stringMatching(/self.signed|certificate/) } }
    await expect(createDirectory(parts).verify('ada', "ada's password")).rejects.toMatchObject(refusal)
  })
})

test('a directory that takes the connection and never answers is given up in time', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const directory = createDirectory({
    settings: settings(`ldap://127.0.0.1:${port}`),
    searchPassword: undefined,
    timeoutMs: 100,
  })
  await expect(directory.verify('ada', 'secret')).rejects.toMatchObject({ code: 'unavailable' })
})

test.each([
  ['a setting by which everybody would be the same person', { userBind: 'cn=admin,dc=example' }, '{username}'],
  ['no tree of people', { userBase: '' }, 'ldap.user_base'],
  ['no address', { url: '' }, 'ldap.url'],
])('%s is refused before anybody signs in', (_what, changes, word) => {
  const parts = { settings: settings('ldap://127.0.0.1', changes), searchPassword: undefined }
  expect(() => createDirectory(parts)).toThrow(word)
})

test('a name cannot leave its place in a DN', () => {
  expect(nameFor(BIND, 'a,b+c="d"\\<e>;#f')).toBe(`uid=a\\2cb\\2bc\\3d\\22d\\22\\5c\\3ce\\3e\\3b#f,${PEOPLE}`)
  expect(nameFor(BIND, ' # ')).toBe(`uid=\\20#\\20,${PEOPLE}`)
  expect(nameFor(BIND, '$&{username}')).toBe(`uid=$&{username},${PEOPLE}`)
})
