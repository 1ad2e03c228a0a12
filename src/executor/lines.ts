/** Messages over a socket as lines of JSON: whole lines out of chunks, and what one turn of the event loop says in one write. */

import type { Socket } from 'node:net'

const NEWLINE = 10

/**
 * Gives the bytes of every whole line to `take`.
 * @throws RangeError when a line grows beyond `maxBytes`, and whatever `take` throws
 */
export function lineReader(maxBytes: number, take: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = []
  let heldBytes = 0
  return (chunk) => {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const last = chunk.subarray(from, end)
      const line = parts.length > 0 ? Buffer.concat([...parts, last]) : last
      parts = []
      heldBytes = 0
      from = end + 1
      take(line.toString())
    }
    heldBytes += chunk.length - from
    if (heldBytes > maxBytes) throw new RangeError(`a line is longer than ${maxBytes} bytes`)
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
}

/** Writes messages to a socket, those of one turn together; destroys it when more than `maxBytes` wait to be read. */
export class LineWriter<Message> {
  readonly #socket: Socket
  readonly #maxBytes: number
  #lines: string[] = []

  constructor(socket: Socket, maxBytes: number) {
    this.#socket = socket
    this.#maxBytes = maxBytes
  }

  write(message: Message): void {
    if (this.#lines.length === 0) setImmediate(() => this.flush())
    this.#lines.push(JSON.stringify(message))
  }

  flush(): void {
    if (this.#lines.length === 0) return
    const text = `${this.#lines.join('\n')}\n`
    this.#lines = []
    if (!this.#socket.writable) return
    this.#socket.write(text)
    if (this.#socket.writableLength > this.#maxBytes) this.#socket.destroy(new Error('the other side does not read'))
  }
}
