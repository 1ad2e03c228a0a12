/** Keys with which programs come in the name of an account, until they are revoked. */

import type { Clock, Instant } from '../../base/clock.ts'
import { DomainError, isDomainError, messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { UserStore } from '../../store/store.ts'
import type { ClientKey, ClientKeyStore } from '../../store/workflow-store.ts'
import { type Caller, reaches } from '../caller.ts'
import { type LevelFor, rolesAmong } from '../level.ts'
import { callerOf } from '../verifier.ts'
import { makeClientKey, matches, prefixOf } from './client-key.ts'

/** Who comes with a key: its account as it is at that moment. */
export interface KeyCaller extends Caller {
  /** Its name, for the record of what was done with it. */
  clientKey: string
}

export interface ShownKey extends Omit<ClientKey, 'hash'> {
  /** Neither revoked nor ended. */
  isActive: boolean
}

/** What its owner says of a key; it ends by itself at `expiresAt`, or never. */
export interface KeyWords {
  name: string
  expiresAt: Instant | null
}

export interface ClientKeys {
  /** The key's text is in this answer and nowhere else. @throws invalid for a name that cannot be */
  create(caller: Caller, words: KeyWords): Promise<{ key: ShownKey; text: string }>
  /** The caller's own; an administrator sees everybody's. Newest first. */
  list(caller: Caller): Promise<ShownKey[]>
  /** @throws not_found, also for another's */
  get(caller: Caller, id: number): Promise<ShownKey>
  /** @throws not_found, invalid */
  change(caller: Caller, id: number, words: Partial<KeyWords>): Promise<ShownKey>
  /** For ever, and at once. @throws not_found */
  revoke(caller: Caller, id: number): Promise<void>
  /** @throws unauthenticated for a key that is none, was revoked, has ended, or whose account is gone */
  verify(text: string): Promise<KeyCaller>
}

export interface ClientKeyParts {
  clientKeys: ClientKeyStore
  users: Pick<UserStore, 'get'>
  levelFor: LevelFor
  clock: Pick<Clock, 'now'>
  log: Pick<Logger, 'info' | 'warn'>
}

const LONGEST_NAME = 50
const MOST_DRAWS = 5
/** A script that asks all day writes its use down once a minute. */
const USE_STEP_MS = 60_000

export function createClientKeys(parts: ClientKeyParts): ClientKeys {
  const { clientKeys, clock, log } = parts
  const show = ({ hash: _hash, ...key }: ClientKey): ShownKey => ({ ...key, isActive: isActive(key, clock.now()) })
  const find = async (caller: Caller, id: number) => {
    const keys = await clientKeys.list(ownerSeenBy(caller))
    const key = keys.find((each) => each.id === id && each.revokedAt === null)
    if (!key) throw new DomainError('not_found', `there is no client key ${id}`)
    return key
  }
  return {
    async create(caller, { name, expiresAt }) {
      checkName(name)
      const { id, text, stored } = await insert(parts, { user: caller.user, name, expiresAt })
      log.info({ user: caller.user, clientKey: id, name }, 'a client key was made')
      return { key: show({ id, ...stored }), text }
    },
    async list(caller) {
      const keys = await clientKeys.list(ownerSeenBy(caller))
      return keys.toSorted((one, other) => other.id - one.id).map(show)
    },
    get: async (caller, id) => show(await find(caller, id)),
    async change(caller, id, words) {
      const key = { ...(await find(caller, id)), ...words }
      checkName(key.name)
      await clientKeys.change(key)
      return show(key)
    },
    async revoke(caller, id) {
      const { user } = await find(caller, id)
      await clientKeys.revoke(id, clock.now())
      log.info({ user: caller.user, clientKey: id, owner: user }, 'a client key was revoked')
    },
    verify: admission(parts),
  }
}

/** The store is asked each time, so that a revoked key ends with the commit that revokes it. */
function admission(parts: ClientKeyParts): ClientKeys['verify'] {
  const { clientKeys, users, levelFor, clock } = parts
  const noteUse = useNotes(parts)
  return async (text) => {
    const prefix = prefixOf(text)
    const key = prefix === undefined ? undefined : await clientKeys.byPrefix(prefix)
    if (!key || !matches(text, key.hash) || !isActive(key, clock.now())) throw refused()
    const user = await users.get(key.user)
    // An account of the same name that was made later is somebody else's.
    if (!user || user.createdAt > key.createdAt) throw refused()
    noteUse(key)
    return Object.freeze({ ...callerOf(user, rolesAmong(user.roles), levelFor), clientKey: key.name })
  }
}

function isActive({ revokedAt, expiresAt }: Pick<ClientKey, 'revokedAt' | 'expiresAt'>, now: Instant): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt)
}

/** Nobody waits for the note, and none is refused because it could not be made. */
function useNotes({ clientKeys, clock, log }: ClientKeyParts): (key: ClientKey) => void {
  const noted = new Map<number, Instant>()
  return ({ id, lastUsedAt }) => {
    const now = clock.now()
    if (now - Math.max(lastUsedAt ?? 0, noted.get(id) ?? 0) < USE_STEP_MS) return
    noted.set(id, now)
    clientKeys.markUsed(id, now).catch((error: unknown) => {
      log.warn({ clientKey: id, reason: messageOf(error) }, 'the use of a client key could not be noted')
    })
  }
}

/** Draws again where the prefix is another key's. */
async function insert({ clientKeys, clock }: ClientKeyParts, owner: KeyWords & { user: string }) {
  for (let left = MOST_DRAWS; ; left -= 1) {
    const { text, prefix, hash } = makeClientKey()
    const stored = { ...owner, prefix, hash, createdAt: clock.now(), revokedAt: null, lastUsedAt: null }
    try {
      return { id: await clientKeys.insert(stored), text, stored }
    } catch (error) {
      if (left === 1 || !isDomainError(error, 'conflict')) throw error
    }
  }
}

function ownerSeenBy(caller: Caller): string | undefined {
  return reaches(caller, 'admin') ? undefined : caller.user
}

function checkName(name: string): void {
  const field = 'name'
  if (name.trim() === '') throw new DomainError('invalid', 'This field may not be blank.', { field })
  if (name.length > LONGEST_NAME)
    throw new DomainError('invalid', `Ensure this field has no more than ${LONGEST_NAME} characters.`, { field })
  if (/\p{Cc}|\p{Cs}/u.test(name)) throw new DomainError('invalid', 'Not a valid string.', { field })
}

function refused(): DomainError {
  return new DomainError('unauthenticated', 'the client key is not one of this server, or was revoked')
}
