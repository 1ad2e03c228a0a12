/**
 * Everything that was accepted since the last snapshot, in the order in which it came. Plain writes: they survive a killed
 * process, while a power cut may take what the system has not written yet.
 *
 * A write that fails is tried again at the same place in the file, so that what it left there does no harm.
 */

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Instant } from '../../../base/clock.ts'
import type { Series } from '../series.ts'
import { encodeRecord, KIND, LOG_MAGIC } from './record.ts'

const BLOCK_VALUES = 32_768
/** What waits for a disk that cannot be written; beyond it values are lost to the log. */
const MOST_WAITING_BYTES = 16 << 20

export class ValueLog {
  readonly path: string
  /** Whether a snapshot is needed for what could not be written. */
  isLosing = false
  /** Written so far. */
  bytes = 0
  readonly #nextEpoch: () => number
  /** Which series have been named in the file: those whose `introducedIn` is this. */
  #epoch: number
  #fd = -1
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #count = 0
  readonly #times = new Float64Array(BLOCK_VALUES)
  readonly #values = new Float64Array(BLOCK_VALUES)
  readonly #numbers = new Uint32Array(BLOCK_VALUES)

  /** The file is made with the first write. */
  constructor(path: string, nextEpoch: () => number) {
    this.path = path
    this.#nextEpoch = nextEpoch
    this.#epoch = nextEpoch()
  }

  add(series: Series, at: Instant, value: number): void {
    if (series.introducedIn !== this.#epoch) this.#introduce(series)
    const index = this.#count
    this.#times[index] = at
    this.#values[index] = value
    this.#numbers[index] = series.number
    this.#count = index + 1
    if (this.#count === BLOCK_VALUES) this.#sealFull()
  }

  drop(series: Series, before: Instant): void {
    if (series.introducedIn !== this.#epoch) this.#introduce(series)
    this.#seal()
    this.#wait(encodeRecord({ kind: KIND.dropped, a: series.number, b: before }))
  }

  /** @throws system errors; what could not be written waits */
  flush(): void {
    this.#seal()
    if (this.#waitingBytes === 0) return
    this.#open()
    writeAll(this.#fd, Buffer.concat(this.#waiting), this.bytes)
    this.bytes += this.#waitingBytes
    this.#waiting = []
    this.#waitingBytes = 0
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }

  #open(): void {
    if (this.#fd < 0) {
      mkdirSync(dirname(this.path), { recursive: true })
      this.#fd = openSync(this.path, 'w', 0o600)
    }
    if (this.bytes > 0) return
    writeAll(this.#fd, LOG_MAGIC, 0)
    this.bytes = LOG_MAGIC.length
  }

  #introduce(series: Series): void {
    series.introducedIn = this.#epoch
    this.#wait(encodeSeries(series))
  }

  #sealFull(): void {
    this.#seal()
    try {
      this.flush()
    } catch {
      // It waits, and the next interval says what is wrong.
    }
  }

  #seal(): void {
    if (this.#count === 0) return
    const count = this.#count
    this.#count = 0
    const columns = [this.#times, this.#values, this.#numbers].map((column) => column.subarray(0, count))
    this.#wait(encodeRecord({ kind: KIND.values, a: count, b: 0 }, ...columns))
  }

  #wait(record: Buffer): void {
    this.#waiting.push(record)
    this.#waitingBytes += record.length
    if (this.#waitingBytes <= MOST_WAITING_BYTES) return
    this.isLosing = true
    this.#waiting = []
    this.#waitingBytes = 0
    this.#epoch = this.#nextEpoch()
  }
}

export function encodeSeries({ number, place, metric }: Series): Buffer {
  return encodeRecord({ kind: KIND.series, a: number, b: 0 }, Buffer.from(JSON.stringify({ place, metric })))
}

function writeAll(fd: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}
