/** The bytes of an object into an open file, checked on the way. */

import { ftruncateSync, writeSync } from 'node:fs'
import { DomainError } from '../../../base/errors.ts'
import type { ObjectStorage } from '../../../object-storage/object-storage.ts'
import type { FileState, Location } from '../../site-ledger.ts'
import { createHasher, type Hasher, isHashAlgorithm } from '../file/hash.ts'
import type { Watch } from '../file/watch.ts'
import { factsOf } from './object-metadata.ts'

const HOLE_BYTES = 64 * 1024
const ZEROS = Buffer.alloc(HOLE_BYTES)

export interface Download {
  storage: ObjectStorage
  location: Location
  sizeBytes: number
  /** Nothing is checked where its value is ''. */
  hash: FileState['hash']
  checksHash: boolean
  /** Told how much has arrived. */
  passed(sizeBytes: number): void
  signal: AbortSignal
  /** Of a file that others may write to. */
  watch?: Watch
}

/**
 * Writes from the start of the file; from `holesFrom` on it holds no data, and zeros need no writing. Answers the hash of
 * what arrived, by the algorithm of the object. @throws conflict when somebody else writes to it; unavailable with "checksum mismatch", system errors
 */
export async function download(fd: number, asked: Download, holesFrom: number): Promise<FileState['hash']> {
  const { storage, location, sizeBytes, signal } = asked
  const { info, body } = await storage.get(location.key, { signal })
  try {
    checkObject(asked, info.sizeBytes, factsOf(info.metadata).uuid)
    const algorithm = isHashAlgorithm(asked.hash.algorithm) ? asked.hash.algorithm : 'sha256'
    const hasher = await createHasher(algorithm)
    const write = (run: () => void) => (asked.watch ? asked.watch.write(run) : run())
    let at = 0
    for await (const piece of body) {
      write(() => {
        at += writePiece(fd, piece as Buffer, { at, hasher, holesFrom })
      })
      asked.passed(at)
    }
    const hash = { algorithm, value: hasher.digest() }
    if (at !== sizeBytes) throw mismatch(asked, `${at} bytes arrived instead of ${sizeBytes}`)
    const isChecked = asked.checksHash && asked.hash.value !== '' && asked.hash.algorithm === algorithm
    if (isChecked && hash.value !== asked.hash.value) throw mismatch(asked, 'its bytes are not those that were stored')
    write(() => ftruncateSync(fd, sizeBytes))
    return hash
  } finally {
    body.destroy()
  }
}

/** Without a check: the first bytes of an object, which has a hash only as a whole. */
export async function writePieces(fd: number, body: AsyncIterable<unknown>): Promise<void> {
  let at = 0
  for await (const piece of body) {
    writeAll(fd, piece as Buffer, at)
    at += (piece as Buffer).length
  }
}

function checkObject(asked: Download, sizeBytes: number, uuid: string): void {
  if (!asked.checksHash) return
  if (sizeBytes !== asked.sizeBytes) throw mismatch(asked, `it has ${sizeBytes} bytes instead of ${asked.sizeBytes}`)
  if (asked.location.uuid !== '' && uuid !== asked.location.uuid) throw mismatch(asked, 'it is another object by now')
}

function mismatch({ storage, location }: Download, what: string): DomainError {
  return new DomainError(
    'unavailable',
    `checksum mismatch: ${location.key} in ${storage.name}: ${what}; look after the object, skip_hash takes it as it is`,
  )
}

function writePiece(fd: number, piece: Buffer, now: { at: number; hasher: Hasher; holesFrom: number }): number {
  now.hasher.update(piece)
  for (let from = 0; from < piece.length; from += HOLE_BYTES) {
    const slice = piece.subarray(from, from + HOLE_BYTES)
    const isHole = now.at + from >= now.holesFrom && slice.equals(ZEROS.subarray(0, slice.length))
    if (!isHole) writeAll(fd, slice, now.at + from)
  }
  return piece.length
}

function writeAll(fd: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}
