/** Keys with which programs come in the name of an account, until they are revoked. */

import type { Clock } from '../../base/clock.ts'
import { DomainError, isDomainError } from '../../base/errors.ts'
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

export type ShownKey = Omit<ClientKey, 'hash'>

export interface ClientKeys {
  /** The key's text is in this answer and nowhere else. @throws invalid for a name that cannot be */
  create(caller: Caller, name: string): Promise<{ key: ShownKey; text: string }>
  /** The caller's own; an administrator sees everybody's. Newest first. */
  list(caller: Caller): Promise<ShownKey[]>
  /** @throws not_found, also for another's */
  get(caller: Caller, id: number): Promise<ShownKey>
  /** @throws not_found, invalid */
  rename(caller: Caller, id: number, name: string): Promise<ShownKey>
  /** For ever, and at once. @throws not_found */
  revoke(caller: Caller, id: number): Promise<void>
  /** @throws unauthenticated for a key that is none, revoked, or whose account is gone */
  verify(text: string): Promise<KeyCaller>
}

export interface ClientKeyParts {
  clientKeys: ClientKeyStore
  users: Pick<UserStore, 'get'>
  levelFor: LevelFor
  clock: Pick<Clock, 'now'>
  log: Pick<Logger, 'info'>
}

const LONGEST_NAME = 50
const MOST_DRAWS = 5

export function createClientKeys(parts: ClientKeyParts): ClientKeys {
  const { clientKeys, clock, log } = parts
  const find = async (caller: Caller, id: number) => {
    const keys = await clientKeys.list(ownerSeenBy(caller))
    const key = keys.find((each) => each.id === id && each.revokedAt === null)
    if (!key) throw new DomainError('not_found', `there is no client key ${id}`)
    return key
  }
  return {
    async create(caller, name) {
      checkName(name)
      const { id, text, stored } = await insert(parts, { user: caller.user, name })
      log.info({ user: caller.user, clientKey: id, name }, 'a client key was made')
      return { key: withoutHash({ id, ...stored }), text }
    },
    async list(caller) {
      const keys = await clientKeys.list(ownerSeenBy(caller))
      return keys.toSorted((one, other) => other.id - one.id).map(withoutHash)
    },
    get: async (caller, id) => withoutHash(await find(caller, id)),
    async rename(caller, id, name) {
      checkName(name)
      const key = await find(caller, id)
      await clientKeys.rename(id, name)
      return withoutHash({ ...key, name })
    },
    async revoke(caller, id) {
      const { user } = await find(caller, id)
      await clientKeys.revoke(id, clock.now())
      log.info({ user: caller.user, clientKey: id, owner: user }, 'a client key was revoked')
    },
    verify: (text) => admit(parts, text),
  }
}

/** The store is asked each time, so that a revoked key ends with the commit that revokes it. */
async function admit({ clientKeys, users, levelFor }: ClientKeyParts, text: string): Promise<KeyCaller> {
  const prefix = prefixOf(text)
  const key = prefix === undefined ? undefined : await clientKeys.byPrefix(prefix)
  if (!key || !matches(text, key.hash) || key.revokedAt !== null) throw refused()
  const user = await users.get(key.user)
  // An account of the same name that was made later is somebody else's.
  if (!user || user.createdAt > key.createdAt) throw refused()
  return Object.freeze({ ...callerOf(user, rolesAmong(user.roles), levelFor), clientKey: key.name })
}

/** Draws again where the prefix is another key's. */
async function insert({ clientKeys, clock }: ClientKeyParts, owner: { user: string; name: string }) {
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

function withoutHash({ hash: _hash, ...key }: ClientKey): ShownKey {
  return key
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
