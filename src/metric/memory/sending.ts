/**
 * A body on its way to the thread, with the little that may be on that way at a time: a fast sender waits, and so does
 * whoever sends to it, down to the client's socket.
 */

import type { Thread } from './thread.ts'

const PIECE_BYTES = 1 << 16
/** Of all bodies; the thread reads it in about 10 ms, and so long a reader of curves may wait. */
const MOST_UNDERWAY_BYTES = 1 << 20

/** Room for what is underway, given in the order in which it is asked for. */
export class Room {
  #freeBytes = MOST_UNDERWAY_BYTES
  readonly #asking: { bytes: number; enter(): void }[] = []

  async take(bytes: number): Promise<void> {
    if (this.#asking.length === 0 && this.#freeBytes >= bytes) {
      this.#freeBytes -= bytes
      return
    }
    await new Promise<void>((enter) => {
      this.#asking.push({ bytes, enter })
    })
  }

  give(bytes: number): void {
    this.#freeBytes += bytes
    for (let next = this.#asking[0]; next && this.#freeBytes >= next.bytes; next = this.#asking[0]) {
      this.#asking.shift()
      this.#freeBytes -= next.bytes
      next.enter()
    }
  }
}

/**
 * One body. What comes in while a piece is underway is gathered, so that a sender of single bytes costs few letters, and the
 * first piece of one who trickles is not held back.
 */
export class Sending {
  readonly #thread: Thread
  readonly #room: Room
  readonly #body: number
  #gathered = new Uint8Array(0)
  #filled = 0
  #underway = 0
  #failure: unknown
  /** Pieces go in their order, also when each must wait for room. */
  #last: Promise<void> = Promise.resolve()
  #settled: () => void = () => {}

  constructor(thread: Thread, room: Room, body: number) {
    this.#thread = thread
    this.#room = room
    this.#body = body
  }

  /** The chunk is copied, since whoever it comes from may go on to use it. @throws what a piece before was refused for */
  async add(chunk: Uint8Array): Promise<void> {
    if (this.#underway === 0 && this.#filled === 0 && chunk.length <= PIECE_BYTES)
      await this.#post(new Uint8Array(chunk))
    else await this.#gather(chunk)
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Settles when all of it was read. @throws what a piece was refused for */
  async end(): Promise<void> {
    await this.#postGathered()
    while (this.#underway > 0 && this.#failure === undefined)
      await new Promise<void>((resolve) => {
        this.#settled = resolve
      })
    if (this.#failure !== undefined) throw this.#failure
  }

  async #gather(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#gathered.length === 0) this.#gathered = new Uint8Array(PIECE_BYTES)
      const taken = chunk.subarray(at, at + PIECE_BYTES - this.#filled)
      this.#gathered.set(taken, this.#filled)
      this.#filled += taken.length
      at += taken.length
      if (this.#filled === PIECE_BYTES) await this.#postGathered()
    }
    if (this.#underway === 0) await this.#postGathered()
  }

  #postGathered(): Promise<void> {
    const isFull = this.#filled === PIECE_BYTES
    const bytes = isFull ? this.#gathered : this.#gathered.slice(0, this.#filled)
    if (isFull) this.#gathered = new Uint8Array(0)
    this.#filled = 0
    return this.#post(bytes)
  }

  /** Settles when there was room for it. */
  #post(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0 || this.#failure !== undefined) return this.#last
    this.#underway += 1
    this.#last = this.#last.then(async () => {
      await this.#room.take(bytes.length)
      void this.#deliver(bytes, bytes.length)
    })
    return this.#last
  }

  async #deliver(bytes: Uint8Array, length: number): Promise<void> {
    try {
      await this.#thread.ask('piece', { body: this.#body, bytes }, [bytes.buffer as ArrayBuffer])
    } catch (error) {
      this.#failure ??= error
    }
    this.#room.give(length)
    this.#underway -= 1
    this.#settled()
    if (this.#underway === 0) await this.#postGathered()
  }
}
