/** Symbolic links: never followed, but kept as objects without bytes that say where they point. */

import { randomUUID } from 'node:crypto'
import { lstatSync, readlinkSync } from 'node:fs'
import { DomainError } from '../../base/errors.ts'
import { inFlight } from '../../base/flight.ts'
import type { ObjectStorage } from '../../object-storage/object-storage.ts'
import { textOfPath } from '../path-name.ts'
import { type CopyOptions, describe } from './object/copy.ts'
import { type Kept, mappedTo } from './object/key-map.ts'
import { factsOf, linkMetadataOf } from './object/object-metadata.ts'
import type { Work } from './work.ts'

const AT_ONCE = 8

export interface Link {
  index: number
  target: string
  facts: ReturnType<typeof describe>
}

/** With the submitter's rights. @throws system errors */
export function readLinkAt(work: Work, index: number, path: string): Link {
  const place = work.confined.locate(path)
  try {
    const stats = lstatSync(place.at, { bigint: true })
    const target = textOfPath(readlinkSync(place.at, { encoding: 'buffer' }))
    return { index, target, facts: describe({ stats }, { algorithm: '', value: '' }) }
  } finally {
    work.confined.release(place.folder)
  }
}

export async function copyLinks(
  work: Work,
  links: readonly Link[],
  options: CopyOptions & { endpoint: string },
): Promise<void> {
  await inFlight(links, AT_ONCE, async (link) => {
    if (work.parts.ending.aborted) return
    try {
      const { site, origin, entries } = work.order
      const kept = mappedTo(site, origin, entries[link.index]!.path, options.endpoint)
      const isThere = await storeLink(await work.parts.storageFor(kept.target), kept, link, options)
      if (isThere) work.settleAlready(link.index, 'its object is there already')
      else work.settle(link.index, 'processed')
    } catch (error) {
      work.fail(link.index, error)
    }
  })
}

async function storeLink(storage: ObjectStorage, { key }: Kept, link: Link, options: CopyOptions): Promise<boolean> {
  const info = await storage.head(key)
  const there = info && factsOf(info.metadata)
  if (there?.type === 'symlink' && there.linkTarget === link.target) return true
  if (info !== undefined && options.failOnMismatch)
    throw new DomainError('conflict', `${storage.name} holds something else under ${key}: nothing was changed`)
  const uuid = randomUUID()
  const at = info === undefined || options.overwrite ? key : `${key}.${uuid}`
  const facts = { ...link.facts, sizeBytes: 0 }
  await storage.put(at, Buffer.alloc(0), { metadata: linkMetadataOf(uuid, facts, link.target), sizeBytes: 0 })
  return false
}
