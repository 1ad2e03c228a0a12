/**
 * A body on its way to the thread, in pieces of which there are few: a fast sender waits, and so does whoever sends to it,
 * down to the client's socket.
 */

import type { Thread } from './thread.ts'

const PIECE_BYTES = 1 << 18
/** The thread reads so much in about 10 ms, and so long a reader of curves may wait. */
const MOST_PIECES = 4

/** The arrays in which bodies travel, given in the order in which they are asked for. */
export class Pieces {
  #unmade = MOST_PIECES
  readonly #free: Uint8Array<ArrayBuffer>[] = []
  readonly #asking: ((piece: Uint8Array<ArrayBuffer>) => void)[] = []

  async take(): Promise<Uint8Array<ArrayBuffer>> {
    const piece = this.#free.pop()
    if (piece) return piece
    if (this.#unmade === 0) return new Promise((enter) => this.#asking.push(enter))
    this.#unmade -= 1
    return new Uint8Array(PIECE_BYTES)
  }

  /** Without a buffer where the thread kept it: it refused the piece, or died with it. */
  give(buffer?: ArrayBuffer): void {
    const piece = buffer ? new Uint8Array(buffer) : new Uint8Array(PIECE_BYTES)
    const next = this.#asking.shift()
    if (next) next(piece)
    else this.#free.push(piece)
  }
}

/**
 * One body. What comes in while a piece is underway is gathered, so that a sender of single bytes costs few letters, and the
 * first piece of one who trickles is not held back.
 */
export class Sending {
  readonly #thread: Thread
  readonly #pieces: Pieces
  readonly #body: number
  #piece: Uint8Array<ArrayBuffer> | undefined
  #filled = 0
  #underway = 0
  #failure: unknown
  #settled: () => void = () => {}

  constructor(thread: Thread, pieces: Pieces, body: number) {
    this.#thread = thread
    this.#pieces = pieces
    this.#body = body
  }

  /** The chunk is copied, since whoever it comes from may go on to use it. @throws what a piece before was refused for */
  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      this.#piece ??= await this.#pieces.take()
      const taken = chunk.subarray(at, at + PIECE_BYTES - this.#filled)
      this.#piece.set(taken, this.#filled)
      this.#filled += taken.length
      at += taken.length
      if (this.#filled === PIECE_BYTES) this.#post()
    }
    if (this.#underway === 0) this.#post()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Settles when all of it was read. @throws what a piece was refused for */
  async end(): Promise<void> {
    this.#post()
    while (this.#underway > 0)
      await new Promise<void>((resolve) => {
        this.#settled = resolve
      })
    if (this.#failure !== undefined) throw this.#failure
  }

  /** What was gathered of a body that broke off, or was refused, goes nowhere. */
  abandon(): void {
    if (this.#piece) this.#pieces.give(this.#piece.buffer)
    this.#piece = undefined
    this.#filled = 0
  }

  #post(): void {
    if (!this.#piece || this.#failure !== undefined) return
    const bytes = this.#piece.subarray(0, this.#filled)
    this.#piece = undefined
    this.#filled = 0
    this.#underway += 1
    void this.#deliver(bytes)
  }

  async #deliver(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      this.#pieces.give(await this.#thread.ask('piece', { body: this.#body, bytes }, [bytes.buffer]))
    } catch (error) {
      this.#pieces.give()
      this.#failure ??= error
    }
    this.#underway -= 1
    if (this.#underway === 0) this.#post()
    this.#settled()
  }
}
