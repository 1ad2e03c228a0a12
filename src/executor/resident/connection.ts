/** The server's end of a resident's socket: connects, says hello, and connects again with growing pauses for as long as it is open. */

import { closeSync, constants, openSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.ts'
import { LineWriter, lineReader } from '../lines.ts'

/** What both sides say first; `retire` is understood in every version. */
export interface Hello {
  kind: 'hello'
  version: number
}

interface Said {
  kind: string
}

export interface ConnectionParts<Sent extends Said, Heard extends Said> {
  /** For messages: `tasker`. */
  peer: string
  /** The resident's directory; exists. */
  dir: string
  socketName: string
  /** What may wait for the other side, and the longest line from it. */
  maxUnsentBytes: number
  hello: Extract<Sent, Hello>
  retire: Extract<Sent, { kind: 'retire' }>
  /** Called at every try that came to nothing; `error` as the socket gave it. */
  failed(error: Error): void
  welcomed(hello: Extract<Heard, Hello>): void
  received(message: Heard): void
  lost(reason: string): void
}

const END_TIMEOUT_MS = 1000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 5000
const PAUSE_GROWTH = 1.5

export class Connection<Sent extends Said, Heard extends Said> {
  readonly #parts: ConnectionParts<Sent, Heard>
  #dirFd = -1
  #socket: Socket | undefined
  #writer: LineWriter<Sent> | undefined
  #isWelcome = false
  #isOpen = false
  #pauseMs = FIRST_PAUSE_MS
  #retry: NodeJS.Timeout | undefined

  constructor(parts: ConnectionParts<Sent, Heard>) {
    this.#parts = parts
  }

  get isUp(): boolean {
    return this.#isWelcome
  }

  open(): void {
    this.#isOpen = true
    this.#dirFd = openSync(this.#parts.dir, constants.O_RDONLY | constants.O_DIRECTORY)
    this.#connect()
  }

  /** Dropped while there is no connection. */
  send(message: Sent): void {
    if (this.#isWelcome) this.#writer?.write(message)
  }

  /** Settles when what was sent has left. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#isWelcome = false
    clearTimeout(this.#retry)
    const socket = this.#socket
    this.#writer?.flush()
    if (socket && !socket.destroyed) await end(socket)
    closeSync(this.#dirFd)
  }

  #connect(): void {
    const { hello, maxUnsentBytes, peer, socketName } = this.#parts
    // A path through the open directory, since a socket's own may have only 107 bytes.
    const socket = createConnection(join('/proc/self/fd', String(this.#dirFd), socketName))
    const read = lineReader(maxUnsentBytes, (line) => this.#take(JSON.parse(line) as Heard))
    let reason = new Error(`the ${peer} closed the connection`)
    this.#socket = socket
    this.#writer = new LineWriter(socket, maxUnsentBytes)
    socket.on('connect', () => this.#writer?.write(hello))
    socket.on('data', (chunk: Buffer) => {
      try {
        read(chunk)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(messageOf(error)))
      }
    })
    socket.on('error', (error) => {
      reason = error
    })
    socket.on('close', () => this.#lose(reason))
  }

  #take(message: Heard): void {
    if (!this.#isOpen) return
    if (this.#isWelcome) this.#parts.received(message)
    else if (isHello(message)) this.#welcome(message)
  }

  #welcome(answer: Extract<Heard, Hello>): void {
    const { hello, retire, peer, welcomed } = this.#parts
    if (answer.version !== hello.version) {
      this.#writer?.write(retire)
      this.#writer?.flush()
      throw new Error(
        `the ${peer} of an earlier version (protocol ${answer.version}) still has jobs; it ends by itself when they have ended`,
      )
    }
    this.#isWelcome = true
    this.#pauseMs = FIRST_PAUSE_MS
    welcomed(answer)
  }

  #lose(reason: Error): void {
    const wasWelcome = this.#isWelcome
    this.#isWelcome = false
    if (!this.#isOpen) return
    if (wasWelcome) this.#parts.lost(reason.message)
    else this.#parts.failed(reason)
    if (!this.#isOpen) return
    // Not the clock's: this one must hold a starting server up until its resident answers.
    this.#retry = setTimeout(() => this.#connect(), this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS)
  }
}

function isHello<Heard extends Said>(message: Heard): message is Extract<Heard, Hello> {
  return message.kind === 'hello'
}

/** Settles when what was written has left, or cannot leave. */
function end(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), END_TIMEOUT_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.end()
  })
}
