/** Mode and owner of a file whose data are away, told to its object: the bytes go from the storage to itself. */

import { Readable } from 'node:stream'
import { DomainError } from '../../base/errors.ts'
import type { FileState } from '../site-ledger.ts'
import { signalFor } from './file/content.ts'
import { createHasher, type Hasher, isHashAlgorithm } from './file/hash.ts'
import type { OpenFile } from './file/open-file.ts'
import { metadataOf } from './object/object-metadata.ts'
import { targetOf } from './object/target.ts'
import type { Work } from './work.ts'

/** Settles the file. */
export async function pushMetadata(work: Work, file: OpenFile, known: FileState): Promise<void> {
  const { stats } = file
  const now = { mode: Number(stats.mode) & 0o7777, uid: Number(stats.uid), gid: Number(stats.gid) }
  if (now.mode === known.mode && now.uid === known.uid && now.gid === known.gid) {
    work.settleAlready(file.index, 'it is migrated already')
    return
  }
  try {
    const state = { ...known, ...now, path: file.path }
    for (const location of known.locations) await rewrite(work, state, location)
    work.parts.ledger.commit({ set: [state] })
    work.settle(file.index, 'processed', 'its mode and owner were sent')
  } catch (error) {
    work.fail(file.index, error, 'its mode and owner were not sent')
  }
}

/** In one step: who looks meanwhile sees the object with the metadata of before. */
async function rewrite(work: Work, state: FileState, location: FileState['locations'][number]): Promise<void> {
  const storage = await work.parts.storageFor(targetOf(work.order.site, location.target))
  const signal = signalFor(work, state.sizeBytes)
  const { info, body } = await storage.get(location.key, { signal })
  const { algorithm, value } = state.hash
  const hasher = await createHasher(isHashAlgorithm(algorithm) ? algorithm : 'sha256')
  const metadata = metadataOf(location.uuid, { ...state, mtimeNs: info.metadata['ngenea-mtime-ns'] ?? state.mtimeNs })
  const passing = Readable.from(hashing(body, hasher), { objectMode: false })
  await storage.put(location.key, passing, { metadata, sizeBytes: info.sizeBytes, signal })
  if (value !== '' && isHashAlgorithm(algorithm) && hasher.digest() !== value)
    throw new DomainError('unavailable', `checksum mismatch: ${location.key} in ${storage.name} is not what was stored`)
}

async function* hashing(body: Readable, hasher: Hasher): AsyncGenerator<Buffer> {
  for await (const piece of body) {
    hasher.update(piece as Buffer)
    yield piece as Buffer
  }
}
