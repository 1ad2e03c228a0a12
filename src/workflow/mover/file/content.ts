/** The bytes of an open file, in pieces large enough for a fast disk; a file of any size takes the same memory. */

import { read, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { Work } from '../work.ts'
import type { Hasher } from './hash.ts'
import type { OpenFile } from './open-file.ts'

/** Smaller ones are read in one piece, and several are on their way at a time. */
const SMALL_BYTES = 1024 * 1024
const PIECE_BYTES = 4 * 1024 * 1024

const readLater = promisify(read)

export function isSmall({ stats }: OpenFile): boolean {
  return stats.size <= SMALL_BYTES
}

/** What ends the passage of a file's data: of a small one too little is lost to wait for its end. */
export function signalFor({ parts }: Pick<Work, 'parts'>, sizeBytes: number): AbortSignal {
  return sizeBytes > SMALL_BYTES ? parts.dropping : parts.ending
}

/** As long as the file was when it was opened, or shorter where it has become so. */
export function readSmall({ fd, stats }: OpenFile): Buffer {
  const bytes = Buffer.allocUnsafe(Number(stats.size))
  let done = 0
  while (done < bytes.length) {
    const sizeBytes = readSync(fd, bytes, done, bytes.length - done, done)
    if (sizeBytes === 0) break
    done += sizeBytes
  }
  return bytes.subarray(0, done)
}

/** Answers when all went through the hasher. @throws the signal's reason */
export async function hashAll({ fd, stats }: OpenFile, hasher: Hasher, signal?: AbortSignal): Promise<void> {
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Number(stats.size) || 1))
  for (let at = 0; ; ) {
    const { bytesRead } = await readLater(fd, piece, 0, piece.length, at)
    if (bytesRead === 0) return
    signal?.throwIfAborted()
    hasher.update(piece.subarray(0, bytesRead))
    at += bytesRead
  }
}

/** What was there when the file was opened; `passed` is told how much of it has been read. */
export function streamOf(file: OpenFile, hasher: Hasher, passed: (sizeBytes: number) => void): Readable {
  return Readable.from(piecesOf(file, hasher, passed), { objectMode: false, highWaterMark: PIECE_BYTES })
}

async function* piecesOf({ fd, stats }: OpenFile, hasher: Hasher, passed: (sizeBytes: number) => void) {
  const end = Number(stats.size)
  for (let at = 0; at < end; ) {
    const length = Math.min(PIECE_BYTES, end - at)
    const { bytesRead, buffer } = await readLater(fd, Buffer.allocUnsafeSlow(length), 0, length, at)
    if (bytesRead === 0) return
    const piece = buffer.subarray(0, bytesRead)
    hasher.update(piece)
    at += bytesRead
    passed(at)
    yield piece
  }
}
