/**
 * People as an LDAP directory knows them: whether a password is right, and who there is. Every question is a connection
 * of its own, for a connection carries whoever signed in on it last.
 */

import { getCACertificates } from 'node:tls'
import { Client, type Entry, Filter } from 'ldapts'
import { DomainError, isDomainError } from '../../base/errors.ts'
import { LONGEST_PASSWORD } from '../password.ts'
import { isRefusal, nameFor } from './bind-name.ts'
import { type Person, readPerson } from './person.ts'

export interface DirectorySettings {
  /** `ldap://` or `ldaps://`. */
  url: string
  userBase: string
  /** Who searches; '' for whoever signs in, and for nobody in particular. */
  searchDn: string
  /** With `{username}` where the name goes; '' to look the name up first. */
  userBind: string
  /** '' for everybody below the base. */
  userFilter: string
  uidAttr: string
  nameAttr: string
}

export interface DirectoryParts {
  settings: DirectorySettings
  /** Of `searchDn`, from LDAP_ADMIN_PASSWORD. */
  searchPassword: string | undefined
  /** PEM; those that Node and the host trust, where absent. */
  authorities?: readonly string[]
  timeoutMs?: number
}

export interface Directory {
  /** Undefined when the password is not right, or the filter leaves the person out. @throws unavailable when nobody can tell */
  verify(username: string, password: string): Promise<Person | undefined>
  /** Everybody whom the filter finds. @throws unavailable also when only some can be had */
  list(): Promise<Person[]>
}

const TIMEOUT_MS = 5000
const PAGE_ENTRIES = 500
const TELLING = 'check ldap.url, ldap.search_dn and LDAP_ADMIN_PASSWORD'

/** @throws invalid for settings with which no name, or any name, could sign in */
export function createDirectory(parts: DirectoryParts): Directory {
  checkSettings(parts.settings)
  return {
    verify: async (username, password) => {
      // A bind with a name and no password succeeds: it is the anonymous one (RFC 4513, 5.1.2).
      if (password === '' || password.length > LONGEST_PASSWORD) return undefined
      return withClient(parts, (client) => verify(client, parts, username, password))
    },
    list: () => withClient(parts, (client) => list(client, parts)),
  }
}

async function verify(client: Client, parts: DirectoryParts, username: string, password: string) {
  const { settings } = parts
  if (settings.userBind !== '') {
    const isRight = await binds(client, nameFor(settings.userBind, username), password)
    return isRight ? read(await find(client, parts, username), settings, username) : undefined
  }
  const entry = await find(client, parts, username)
  return entry && (await binds(client, entry.dn, password)) ? read(entry, settings, username) : undefined
}

/** The one entry of that name; of two nobody could say which is meant. */
async function find(client: Client, parts: DirectoryParts, username: string): Promise<Entry | undefined> {
  const { userBase, userFilter, uidAttr, nameAttr } = parts.settings
  await bindSearcher(client, parts)
  const named = `(${uidAttr}=${Filter.escape(username)})`
  const { searchEntries } = await client.search(userBase, {
    filter: `(&${userFilter}${named})`,
    attributes: [uidAttr, nameAttr, 'mail'],
  })
  return searchEntries.length === 1 ? searchEntries[0] : undefined
}

async function list(client: Client, parts: DirectoryParts): Promise<Person[]> {
  const { userBase, userFilter, uidAttr, nameAttr } = parts.settings
  await bindSearcher(client, parts)
  const people: Person[] = []
  const pages = client.searchPaginated(userBase, {
    filter: userFilter === '' ? `(${uidAttr}=*)` : userFilter,
    attributes: [uidAttr, nameAttr, 'mail'],
    paged: { pageSize: PAGE_ENTRIES },
  })
  for await (const { searchEntries } of pages) {
    for (const entry of searchEntries) {
      const person = read(entry, parts.settings)
      if (person) people.push(person)
    }
  }
  return people
}

function read(entry: Entry | undefined, { uidAttr, nameAttr }: DirectorySettings, asked?: string): Person | undefined {
  return entry && readPerson(entry, { uidAttr, nameAttr, asked })
}

async function bindSearcher(client: Client, { settings, searchPassword = '' }: DirectoryParts): Promise<void> {
  if (settings.searchDn === '') return
  if (searchPassword === '') throw unavailable('LDAP_ADMIN_PASSWORD is not set, and ldap.search_dn needs it')
  await client.bind(settings.searchDn, searchPassword)
}

/** Whether the directory takes the password. @throws what is not the name's or the password's fault */
async function binds(client: Client, name: string, password: string): Promise<boolean> {
  try {
    await client.bind(name, password)
    return true
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

async function withClient<Result>(parts: DirectoryParts, work: (client: Client) => Promise<Result>): Promise<Result> {
  const { settings, timeoutMs = TIMEOUT_MS } = parts
  const client = new Client({
    url: settings.url,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    // A bind name may be one of Active Directory's (`{username}@corp.example`), which is no DN.
    strictDN: false,
    tlsOptions: settings.url.startsWith('ldaps:') ? { ca: [...trusted(parts)], minVersion: 'TLSv1.2' } : {},
  })
  try {
    return await work(client)
  } catch (error) {
    throw isDomainError(error) ? error : unavailable(TELLING, error)
  } finally {
    await client.unbind().catch(() => {})
  }
}

function trusted({ authorities }: DirectoryParts): readonly string[] {
  return authorities ?? [...getCACertificates('default'), ...getCACertificates('system')]
}

function unavailable(advice: string, cause?: unknown): DomainError {
  const sentence = 'the directory of accounts cannot be asked at this moment; try again later'
  return new DomainError('unavailable', sentence, { advice, reason: String(cause ?? advice) }, cause)
}

function checkSettings({ url, userBase, userBind }: DirectorySettings): void {
  if (url === '') throw new DomainError('invalid', 'ldap.url says no directory; set it')
  if (userBase === '')
    throw new DomainError('invalid', 'ldap.user_base says no tree of people; set it, such as "ou=people,dc=example"')
  if (userBind !== '' && !userBind.includes('{username}'))
    throw new DomainError('invalid', 'ldap.user_bind has no {username}: everybody would sign in as the same person')
}
