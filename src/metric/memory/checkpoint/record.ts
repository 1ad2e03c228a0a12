/**
 * The files of a checkpoint directory, all little-endian, each beginning with 8 bytes of magic that hold the version:
 *
 *     N.log       `YMLOG001`, then records of SERIES, VALUES and DROPPED in the order in which things came
 *     N.snapshot  `YMSNP001`, then SERIES and CHUNK records, then one END; everything that was accepted before N.log began
 *
 * A record is its payload's length (u32), the CRC-32 of the payload (u32), and the payload: kind (u32), a (u32), b (f64), body.
 *
 *     1 SERIES    a: number of the series in this file; body: JSON of place and metric
 *     2 VALUES    a: how many; body: times (f64 unix ms) of all, then values (f64) of all, then series numbers (u32) of all
 *     3 DROPPED   a: series number, b: before when (unix ms)
 *     4 CHUNK     a: series number, b: start (unix ms); body: values (f64) from the first slot on
 *     5 END       a: how many chunks there are
 *
 * What follows a record that is cut off or whose CRC is wrong is not read: that is the torn tail of a killed server.
 */

import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

export const LOG_MAGIC = Buffer.from('YMLOG001')
export const SNAPSHOT_MAGIC = Buffer.from('YMSNP001')
export const KIND = { series: 1, values: 2, dropped: 3, chunk: 4, end: 5 } as const

const HEAD_BYTES = 8
const PAYLOAD_HEAD_BYTES = 16
/** Of an END record. */
export const EMPTY_RECORD_BYTES = HEAD_BYTES + PAYLOAD_HEAD_BYTES
const LONGEST_PAYLOAD = 1 << 24
const READ_BYTES = 1 << 20

export interface RecordHead {
  kind: number
  a: number
  b: number
}

export interface FileRecord extends RecordHead {
  /** Valid until the next record is read; not aligned. */
  body: Buffer
}

export function encodeRecord({ kind, a, b }: RecordHead, ...body: ArrayBufferView[]): Buffer {
  const bodyBytes = body.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const record = Buffer.allocUnsafe(EMPTY_RECORD_BYTES + bodyBytes)
  record.writeUInt32LE(PAYLOAD_HEAD_BYTES + bodyBytes, 0)
  record.writeUInt32LE(kind, 8)
  record.writeUInt32LE(a, 12)
  record.writeDoubleLE(b, 16)
  let at = EMPTY_RECORD_BYTES
  for (const { buffer, byteOffset, byteLength } of body) {
    record.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += byteLength
  }
  record.writeUInt32LE(crc32(record.subarray(HEAD_BYTES)), 4)
  return record
}

/** The records of a file up to the first that is not whole; none for a file of another magic. @throws system errors */
export function* readRecords(path: string, magic: Buffer): Generator<FileRecord> {
  const fd = openSync(path, 'r')
  try {
    const window = new Window(fd)
    if (window.take(magic.length)?.equals(magic) !== true) return
    for (let record = nextRecord(window); record; record = nextRecord(window)) yield record
  } finally {
    closeSync(fd)
  }
}

/** A record from its bytes, or undefined when they are not one. */
export function decodeRecord(head: Buffer, payload: Buffer): FileRecord | undefined {
  if (crc32(payload) !== head.readUInt32LE(4)) return undefined
  return {
    kind: payload.readUInt32LE(0),
    a: payload.readUInt32LE(4),
    b: payload.readDoubleLE(8),
    body: payload.subarray(PAYLOAD_HEAD_BYTES),
  }
}

function nextRecord(window: Window): FileRecord | undefined {
  const head = window.take(HEAD_BYTES)
  if (!head) return undefined
  const length = head.readUInt32LE(0)
  if (length < PAYLOAD_HEAD_BYTES || length > LONGEST_PAYLOAD) return undefined
  const kept = Buffer.from(head)
  const payload = window.take(length)
  return payload && decodeRecord(kept, payload)
}

/** The part of a file that is being read. */
class Window {
  readonly #fd: number
  #bytes = Buffer.alloc(0)
  #at = 0

  constructor(fd: number) {
    this.#fd = fd
  }

  /** The next bytes, valid until more are taken; undefined where the file ends before. */
  take(count: number): Buffer | undefined {
    if (this.#bytes.length - this.#at < count) this.#fill(count)
    if (this.#bytes.length - this.#at < count) return undefined
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  #fill(count: number): void {
    const left = this.#bytes.subarray(this.#at)
    const larger = Buffer.allocUnsafe(Math.max(READ_BYTES, count))
    left.copy(larger)
    let filled = left.length
    while (filled < larger.length) {
      const read = readSync(this.#fd, larger, filled, larger.length - filled, null)
      if (read === 0) break
      filled += read
    }
    this.#bytes = larger.subarray(0, filled)
    this.#at = 0
  }
}
