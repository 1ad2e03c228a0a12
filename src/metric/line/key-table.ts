/**
 * What the keys of lines stand for, found by their bytes: a key is decoded once, not once a line.
 *
 * Collectors send the same keys in the same sequence every interval, so each entry remembers which one followed it last
 * time: the usual line costs one comparison of bytes and no hash. It is a cache: full, it begins anew.
 */

import { randomInt } from 'node:crypto'
import { BACKSLASH, isEscapable, LF, SPACE } from './byte.ts'
import { type LineKey, readLineKey } from './line-key.ts'

/** Longer keys are decoded every time. */
const LONGEST_KEPT = 4096
const PRIME = 0x01000193
const FIRST_BYTES = 1 << 16
const FIRST_ENTRIES = 1 << 10

export class KeyTable<Target> {
  /** Where the key ended that was found last. */
  end = 0
  readonly #resolve: (key: LineKey) => Target | null
  readonly #limitBytes: number
  /** So that nobody can know which keys meet in one slot. */
  readonly #seed = randomInt(0x7fffffff)
  #bytes = new Uint8Array(FIRST_BYTES)
  #usedBytes = 0
  /** Entry 0 is none: no line begins with a space, so its empty key never fits. */
  #count = 1
  #targets: (Target | null)[] = [null]
  #offsets = new Int32Array(FIRST_ENTRIES)
  #lengths = new Int32Array(FIRST_ENTRIES)
  #hashes = new Int32Array(FIRST_ENTRIES)
  #followers = new Int32Array(FIRST_ENTRIES)
  #slots = new Int32Array(FIRST_ENTRIES * 2)
  #last = 0

  constructor(resolve: (key: LineKey) => Target | null, limitBytes: number) {
    this.#resolve = resolve
    this.#limitBytes = limitBytes
  }

  get heldBytes(): number {
    return this.#bytes.length + this.#slots.length * 14
  }

  /** What the key at `from` stands for, null for nothing of ours; undefined where the line has no space, and so no key. */
  find(bytes: Buffer, from: number): Target | null | undefined {
    const guess = this.#followers[this.#last]!
    const end = from + this.#lengths[guess]!
    if (bytes[end] === SPACE && this.#isAt(guess, bytes, from)) {
      this.end = end
      this.#last = guess
      return this.#targets[guess]!
    }
    return this.#search(bytes, from)
  }

  /** Forgets everything, since what the keys stand for has changed. */
  clear(): void {
    this.#count = 1
    this.#usedBytes = 0
    this.#last = 0
    this.#targets.length = 1
    this.#followers[0] = 0
    this.#slots.fill(0)
  }

  #isAt(entry: number, bytes: Buffer, from: number): boolean {
    const known = this.#bytes
    const offset = this.#offsets[entry]!
    const length = this.#lengths[entry]!
    for (let at = 0; at < length; at += 1) if (known[offset + at] !== bytes[from + at]) return false
    return true
  }

  #search(bytes: Buffer, from: number): Target | null | undefined {
    let hash = this.#seed
    let at = from
    for (let byte = bytes[at]!; byte !== SPACE; byte = bytes[at]!) {
      if (byte === LF) return undefined
      hash = Math.imul(hash ^ byte, PRIME)
      at += 1
      if (byte === BACKSLASH && isEscapable(bytes[at])) {
        hash = Math.imul(hash ^ bytes[at]!, PRIME)
        at += 1
      }
    }
    this.end = at
    hash ^= hash >>> 15
    return this.#look(bytes, from, hash)
  }

  #look(bytes: Buffer, from: number, hash: number): Target | null {
    const mask = this.#slots.length - 1
    const length = this.end - from
    for (let slot = hash & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!
      const fits = this.#hashes[entry] === hash && this.#lengths[entry] === length
      if (fits && this.#isAt(entry, bytes, from)) return this.#follow(entry)
    }
    const target = this.#resolve(readLineKey(bytes, from, this.end))
    return length > LONGEST_KEPT ? target : this.#follow(this.#add(bytes.subarray(from, this.end), hash, target))
  }

  #follow(entry: number): Target | null {
    this.#followers[this.#last] = entry
    this.#last = entry
    return this.#targets[entry]!
  }

  #add(key: Buffer, hash: number, target: Target | null): number {
    if (this.#usedBytes + key.length > this.#limitBytes) this.clear()
    this.#makeRoom(key.length)
    const entry = this.#count
    this.#bytes.set(key, this.#usedBytes)
    this.#offsets[entry] = this.#usedBytes
    this.#lengths[entry] = key.length
    this.#hashes[entry] = hash
    this.#followers[entry] = 0
    this.#targets[entry] = target
    this.#usedBytes += key.length
    this.#count += 1
    this.#place(entry)
    return entry
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hashes[entry]! & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry
  }

  #makeRoom(bytes: number): void {
    while (this.#usedBytes + bytes > this.#bytes.length) this.#bytes = doubled(this.#bytes)
    if (this.#count < this.#offsets.length) return
    this.#offsets = doubled(this.#offsets)
    this.#lengths = doubled(this.#lengths)
    this.#hashes = doubled(this.#hashes)
    this.#followers = doubled(this.#followers)
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let entry = 1; entry < this.#count; entry += 1) this.#place(entry)
  }
}

function doubled<A extends Uint8Array | Int32Array>(array: A): A {
  const larger = new (array.constructor as new (length: number) => A)(array.length * 2)
  larger.set(array)
  return larger
}
