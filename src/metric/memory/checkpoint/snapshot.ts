/** All chunks in one file, written beside the store's other work and put in place when it is whole and on the disk. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Chunk } from '../chunk.ts'
import type { Series } from '../series.ts'
import { decodeRecord, EMPTY_RECORD_BYTES, encodeRecord, KIND, SNAPSHOT_MAGIC } from './record.ts'
import { encodeSeries } from './value-log.ts'

const PIECE_BYTES = 1 << 20

/**
 * Values that come while it is written may be in it or not: they are in the log that began before, and a value that is read
 * twice is the same value. @throws system errors, and leaves nothing behind
 */
export async function writeSnapshot(path: string, every: Iterable<Series>): Promise<void> {
  const unfinished = `${path}.tmp`
  try {
    const file = await open(unfinished, 'w', 0o600)
    try {
      await writeRecords(file, every)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  }
}

async function writeRecords(file: FileHandle, every: Iterable<Series>): Promise<void> {
  let piece: Buffer[] = [SNAPSHOT_MAGIC]
  let bytes = 0
  let count = 0
  const put = (record: Buffer) => {
    piece.push(record)
    bytes += record.length
  }
  for (const series of [...every]) {
    put(encodeSeries(series))
    for (const chunk of series.chunks) put(encodeChunk(series, chunk))
    count += series.chunks.length
    if (bytes < PIECE_BYTES) continue
    await writeWhole(file, Buffer.concat(piece))
    piece = []
    bytes = 0
  }
  put(encodeRecord({ kind: KIND.end, a: count, b: 0 }))
  await writeWhole(file, Buffer.concat(piece))
}

function encodeChunk({ number }: Series, { start, values, used }: Chunk): Buffer {
  return encodeRecord({ kind: KIND.chunk, a: number, b: start }, values.subarray(0, used))
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

/** Whether the file ends as a snapshot does that was written to its end. @throws system errors */
export function isWhole(path: string): boolean {
  const fd = openSync(path, 'r')
  try {
    const tail = Buffer.alloc(EMPTY_RECORD_BYTES)
    const { size } = fstatSync(fd)
    if (size < tail.length) return false
    readSync(fd, tail, 0, tail.length, size - tail.length)
    return decodeRecord(tail, tail.subarray(8))?.kind === KIND.end
  } finally {
    closeSync(fd)
  }
}
