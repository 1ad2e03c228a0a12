/** Small objects by the hundred in a bucket: a request for each body, and one listing for all before and after. */

import { isDeepStrictEqual } from 'node:util'
import { DomainError } from '../../base/errors.ts'
import { inFlight } from '../../base/flight.ts'
import { checkMetadata, encodeMetadata } from '../metadata.ts'
import type { ManyObjects, ObjectInfo, SmallObject } from '../object-storage.ts'
import { readFailure } from './failure.ts'
import type { Bucket } from './listing.ts'
import { lookFor, type Presence } from './presence.ts'
import type { SmallPuts } from './small-puts.ts'

const IN_FLIGHT = 32

export interface S3ManyParts extends Bucket {
  /** @throws invalid for a key that cannot be */
  target(key: string): { Bucket: string; Key: string }
  puts: SmallPuts
  head(key: string): Promise<ObjectInfo | undefined>
}

export function createS3Many(parts: S3ManyParts): ManyObjects {
  return { head: (keys) => headAll(parts, keys), put: (objects, signal) => putAll(parts, objects, signal) }
}

async function headAll(parts: S3ManyParts, keys: readonly string[]): Promise<(ObjectInfo | undefined | Error)[]> {
  const told = await presenceOf(parts, keys)
  const isAbsent = (key: string) => told.has(key) && told.get(key) === undefined
  return each(keys, async (key) => {
    parts.target(key)
    return isAbsent(key) ? undefined : await parts.head(key)
  })
}

/** Nothing is learnt where listing is not allowed, or fails: then each is asked for, and that tells what is wrong. */
function presenceOf(parts: S3ManyParts, keys: readonly string[]): Promise<Map<string, Presence | undefined>> {
  return keys.length > 1 ? lookFor(parts, keys).catch(() => new Map()) : Promise.resolve(new Map())
}

async function putAll(
  parts: S3ManyParts,
  objects: readonly SmallObject[],
  signal: AbortSignal | undefined,
): Promise<(Error | undefined)[]> {
  const answers = await each(objects, (object) => putOne(parts, object, signal))
  const stored = objects.filter((_object, index) => !(answers[index] instanceof Error))
  const told = await presenceOf(
    parts,
    stored.map(({ key }) => key),
  )
  return each([...objects.entries()], async ([index, object]) => {
    const etag = answers[index]!
    if (etag instanceof Error) throw etag
    const found = told.get(object.key)
    if (etag === '' || found?.etag !== etag || found.sizeBytes !== object.body.length) await confirm(parts, object)
    return undefined
  })
}

/** Answers the version. */
async function putOne(
  { puts, target, name }: S3ManyParts,
  { key, body, metadata }: SmallObject,
  signal: AbortSignal | undefined,
): Promise<string> {
  const Metadata = encodeMetadata(checkMetadata(metadata))
  signal?.throwIfAborted()
  try {
    return await puts.put({ ...target(key), Metadata, Body: body }, signal)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw readFailure(`storing ${key} in ${name}`, error)
  }
}

/** @throws unavailable when it is not there after all */
async function confirm({ head, name }: S3ManyParts, { key, body, metadata }: SmallObject): Promise<void> {
  const info = await head(key)
  if (info?.sizeBytes === body.length && isDeepStrictEqual(info.metadata, { ...metadata })) return
  const now = info === undefined ? 'does not have it' : 'has something else'
  throw new DomainError('unavailable', `storing ${key} in ${name}: the server took it, but now ${now}; store it again`)
}

/** In the order of the items; errors in the place of what failed. */
async function each<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<(Result | Error)[]> {
  const results: (Result | Error)[] = []
  await inFlight([...items.entries()], IN_FLIGHT, async ([index, item]) => {
    results[index] = await run(item).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    )
  })
  return results
}
