/**
 * Line protocol as it streams in: `METRIC,TAG=VALUE... value=NUMBER [TIMESTAMP]`, one measured value a line (spec/cockpit.md 4.1).
 *
 * Lines may be cut anywhere between two pieces; where they are cut changes nothing. The usual line is read in one go over
 * its bytes; whatever is unusual about another (quotes, several fields, blanks) is read again with care.
 */

import type { Instant } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import { CR, EQUALS, HASH, LF, SPACE } from './line/byte.ts'
import type { KeyTable } from './line/key-table.ts'
import { cutFields, type Field, type LineFields, plainEnd, skipBlanks } from './line/line-fields.ts'
import { readLineKey } from './line/line-key.ts'
import { TimeReader } from './line/line-time.ts'
import { NumberReader } from './line/number-reader.ts'

/** Without its newline. */
export const LONGEST_LINE_BYTES = 65_536
/** So that number and time behind it stay below the longest line. */
const LONGEST_USUAL_KEY = 32_768
const LONGEST_QUOTED = 64
const VALUE = [0x76, 0x61, 0x6c, 0x75, 0x65, EQUALS] as const
const BOOLEANS: ReadonlySet<string> = new Set('t T true True TRUE f F false False FALSE'.split(' '))

export interface LineSink<Target> {
  keys: KeyTable<Target>
  accept(target: Target, at: Instant, value: number): void
}

export class LineParser<Target> {
  readonly #keys: KeyTable<Target>
  readonly #accept: (target: Target, at: Instant, value: number) => void
  readonly #number = new NumberReader()
  readonly #time = new TimeReader()
  /** The beginning of a line of which the rest has not come; most bodies need no room for it. */
  #carry = Buffer.alloc(0)
  #carried = 0
  #now: Instant = 0

  constructor({ keys, accept }: LineSink<Target>) {
    this.#keys = keys
    this.#accept = accept
  }

  /** `now` stands for a missing timestamp. @throws invalid for the first line that cannot be read; those before it count */
  push(piece: Buffer, now: Instant): void {
    this.#now = now
    const from = this.#carried > 0 ? this.#complete(piece) : 0
    const to = piece.lastIndexOf(LF) + 1
    let at = from
    while (at < to) {
      const next = this.#line(piece, at, to)
      if (next < 0) break
      at = next
    }
    this.#keep(piece.subarray(at))
  }

  /** The last line needs no newline. @throws invalid */
  end(now: Instant): void {
    this.#now = now
    if (this.#carried === 0) return
    this.#carry[this.#carried] = LF
    if (this.#line(this.#carry, 0, this.#carried + 1) < 0)
      throw new DomainError('invalid', `${begin(this.#carry, 0, this.#carried)}: a quoted text has no end`)
    this.#carried = 0
  }

  /** Reads the carried line together with what the piece has of it; answers where the piece goes on. */
  #complete(piece: Buffer): number {
    const before = this.#carried
    const taken = piece.copy(this.#carry, before, 0, this.#carry.length - before)
    const to = this.#carry.lastIndexOf(LF, before + taken - 1) + 1
    const next = to > before ? this.#line(this.#carry, 0, to) : -1
    this.#carried = next < 0 ? before + taken : 0
    checkedEnd(this.#carry, 0, this.#carried)
    return next < 0 ? taken : next - before
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return
    if (this.#carry.length === 0) this.#carry = Buffer.allocUnsafeSlow(LONGEST_LINE_BYTES + 1)
    rest.copy(this.#carry, this.#carried)
    this.#carried += rest.length
    checkedEnd(this.#carry, 0, this.#carried)
  }

  /** Where the line after the one at `at` begins, or -1 when this one is not complete at `to`. */
  #line(bytes: Buffer, at: number, to: number): number {
    const start = bytes[at]! > HASH ? at : skipBlanks(bytes, at)
    const target = bytes[start]! > HASH ? this.#keys.find(bytes, start) : undefined
    if (target === undefined) return checkedEnd(bytes, at, bytes.indexOf(LF, start)) + 1
    const isLong = this.#keys.end - at > LONGEST_USUAL_KEY
    const next = isLong ? -1 : this.#usual(bytes, target)
    return next > 0 ? next : this.#unusual({ bytes, at, to, start }, target)
  }

  /** `value=1.5 1795238185` up to the newline; -1 for anything else. */
  #usual(bytes: Buffer, target: Target | null): number {
    if (target === null) return shortEnd(bytes, this.#keys.end)
    const from = this.#keys.end + 1
    for (let index = 0; index < VALUE.length; index += 1) if (bytes[from + index] !== VALUE[index]) return -1
    let at = this.#number.read(bytes, from + VALUE.length)
    if (at < 0) return -1
    let instant = this.#now
    if (bytes[at] === SPACE) {
      at = this.#time.read(bytes, at + 1)
      if (at < 0) return -1
      instant = this.#time.value
    }
    if (bytes[at] === CR) at += 1
    if (bytes[at] !== LF) return -1
    this.#accept(target, instant, this.#number.value)
    return at + 1
  }

  #unusual({ bytes, at, to, start }: Line, target: Target | null): number {
    const keyEnd = this.#keys.end
    const line = cutFields(bytes, keyEnd, to)
    if (!line) return -1
    checkedEnd(bytes, at, line.end)
    if (target !== null && line.fields.some(({ valued }) => valued)) {
      const host = () => hostOf(bytes, start, keyEnd)
      const value = this.#valueOf(bytes, line.fields, host)
      this.#accept(target, this.#timeOf(bytes, line, host), value)
    }
    return line.end + 1
  }

  #valueOf(bytes: Buffer, fields: readonly Field[], host: () => string): number {
    let value = Number.NaN
    for (const { name, from, to } of fields) {
      const written = bytes.toString('utf8', from, Math.min(to, from + LONGEST_QUOTED))
      if (name !== 'value')
        throw new DomainError('invalid', `host ${host()}: unknown field: '${name}' (value: ${written})`)
      if (this.#number.read(bytes, from) !== to)
        throw new DomainError('invalid', `host ${host()}: ${complaint(written)}`)
      value = this.#number.value
    }
    return value
  }

  #timeOf(bytes: Buffer, { timeFrom, timeTo }: LineFields, host: () => string): Instant {
    if (timeFrom === timeTo) return this.#now
    if (this.#time.read(bytes, timeFrom) === timeTo) return this.#time.value
    const written = bytes.toString('utf8', timeFrom, Math.min(timeTo, timeFrom + LONGEST_QUOTED))
    throw new DomainError('invalid', `host ${host()}: cannot read the timestamp '${written}'; write unix seconds`)
  }
}

interface Line {
  bytes: Buffer
  at: number
  /** Where complete lines end. */
  to: number
  /** Behind blanks. */
  start: number
}

/** @throws invalid where the line that begins at `at` is longer than any should be */
function checkedEnd(bytes: Buffer, at: number, end: number): number {
  if (end - at > LONGEST_LINE_BYTES)
    throw new DomainError('invalid', `${begin(bytes, at, end)}: a line is longer than ${LONGEST_LINE_BYTES} bytes`)
  return end
}

/** Where the next line begins behind fields that nobody wants; -1 where that takes care. */
function shortEnd(bytes: Buffer, from: number): number {
  const end = plainEnd(bytes, from)
  return end < 0 || end - from > LONGEST_LINE_BYTES - LONGEST_USUAL_KEY ? -1 : end + 1
}

function begin(bytes: Buffer, at: number, end: number): string {
  return `the line that begins "${bytes.toString('utf8', at, Math.min(end, at + LONGEST_QUOTED))}"`
}

function hostOf(bytes: Buffer, from: number, to: number): string {
  const { tags } = readLineKey(bytes, from, to)
  return tags.get('hostname') ?? tags.get('host') ?? ''
}

/** In the reference's words where it has some (spec/cockpit.md 1.14). */
function complaint(written: string): string {
  if (written.startsWith('"')) return 'unsupported value type in message: string'
  if (BOOLEANS.has(written)) return 'unsupported value type in message: bool'
  return `cannot read the value '${written}'; write a number such as 1.5, 4i or 4u`
}
