/** The server's end of the tasker's socket: connects, says hello, and connects again with growing pauses for as long as it is open. */

import { closeSync, constants, openSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.ts'
import { LineWriter, lineReader } from '../lines.ts'
import { type FromTasker, MAX_UNSENT_BYTES, PROTOCOL_VERSION, SOCKET_NAME, type ToTasker } from '../tasker-protocol.ts'

type Hello = Extract<FromTasker, { kind: 'hello' }>

export interface ConnectionParts {
  /** The tasker's directory; exists. */
  dir: string
  /** Called at every try that came to nothing; `error` as the socket gave it. */
  failed(error: Error): void
  welcomed(hello: Hello): void
  received(message: FromTasker): void
  lost(reason: string): void
}

const END_TIMEOUT_MS = 1000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 5000
const PAUSE_GROWTH = 1.5

export class Connection {
  readonly #parts: ConnectionParts
  #dirFd = -1
  #socket: Socket | undefined
  #writer: LineWriter<ToTasker> | undefined
  #isWelcome = false
  #isOpen = false
  #pauseMs = FIRST_PAUSE_MS
  #retry: NodeJS.Timeout | undefined

  constructor(parts: ConnectionParts) {
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
  send(message: ToTasker): void {
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
    // A path through the open directory, since a socket's own may have only 107 bytes.
    const socket = createConnection(join('/proc/self/fd', String(this.#dirFd), SOCKET_NAME))
    const read = lineReader(MAX_UNSENT_BYTES, (line) => this.#take(JSON.parse(line) as FromTasker))
    let reason = new Error('the tasker closed the connection')
    this.#socket = socket
    this.#writer = new LineWriter(socket, MAX_UNSENT_BYTES)
    socket.on('connect', () => this.#writer?.write({ kind: 'hello', version: PROTOCOL_VERSION }))
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

  #take(message: FromTasker): void {
    if (!this.#isOpen) return
    if (this.#isWelcome) this.#parts.received(message)
    else if (message.kind === 'hello') this.#welcome(message)
  }

  #welcome(hello: Hello): void {
    if (hello.version !== PROTOCOL_VERSION) {
      this.#writer?.write({ kind: 'retire' })
      this.#writer?.flush()
      throw new Error(
        `the tasker of an earlier version (protocol ${hello.version}) still has jobs; it ends by itself when they have ended`,
      )
    }
    this.#isWelcome = true
    this.#pauseMs = FIRST_PAUSE_MS
    this.#parts.welcomed(hello)
  }

  #lose(reason: Error): void {
    const wasWelcome = this.#isWelcome
    this.#isWelcome = false
    if (!this.#isOpen) return
    if (wasWelcome) this.#parts.lost(reason.message)
    else this.#parts.failed(reason)
    // Not the clock's: this one must hold a starting server up until its tasker answers.
    this.#retry = setTimeout(() => this.#connect(), this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS)
  }
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
