/** Tags on and off, within the scopes that a caller may write (spec/cockpit.md 1.9). */

import type { Caller } from '../../auth/caller.ts'
import { mayReadTag, mayWriteTag } from '../../auth/record-rights.ts'
import { DomainError } from '../../base/errors.ts'
import type { JobRecord, RecordId, Tag, TagName } from '../../job/record.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { requireVisible } from './visibility.ts'

/** @throws forbidden before anything is changed */
export function requireWritable(caller: Caller, tags: readonly TagName[]): void {
  const refused = tags.find(({ scope }) => !mayWriteTag(caller, scope))
  if (!refused) return
  throw new DomainError(
    'forbidden',
    `cannot write tag scope with current authorization: ${caller.user} may not write tags of the scope ${JSON.stringify(refused.scope)}`,
  )
}

/** @throws not_found, forbidden */
export async function addTags(
  store: RecordStore,
  caller: Caller,
  id: RecordId,
  tags: readonly TagName[],
): Promise<JobRecord> {
  const record = requireVisible(caller, await store.get(id), id)
  requireWritable(caller, tags)
  if (tags.length === 0) return record
  await store.tag(id, tags)
  return requireVisible(caller, await store.get(id), id)
}

/** @throws not_found also for a tag that the record does not have, forbidden */
export async function takeTags(
  store: RecordStore,
  caller: Caller,
  id: RecordId,
  tags: readonly TagName[],
): Promise<JobRecord> {
  const record = requireVisible(caller, await store.get(id), id)
  requireWritable(caller, tags)
  const absent = tags.find((tag) => !record.tags.some((other) => isSame(tag, other)))
  if (absent) throw unknownTag(absent)
  if (tags.length === 0) return record
  await store.untag(id, tags)
  return requireVisible(caller, await store.get(id), id)
}

export async function readableTags(store: RecordStore, caller: Caller): Promise<(Tag & { count: number })[]> {
  return (await store.tags()).filter(({ scope }) => mayReadTag(caller, scope))
}

export function unknownTag({ name, type, scope }: TagName): DomainError {
  return new DomainError('not_found', `tag does not exist (name, type, scope): ${name}, ${type}, ${scope}`)
}

export function isSame(one: TagName, other: TagName): boolean {
  return one.type === other.type && one.name === other.name && one.scope === other.scope
}
