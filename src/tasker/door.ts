/** The tasker's socket: one server at a time, and the newest wins, since an older one is a server that is gone or hangs. */

import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { messageOf } from '../base/errors.ts'
import { LineWriter, lineReader } from '../executor/lines.ts'
import { type FromTasker, MAX_LINE_BYTES, MAX_UNSENT_BYTES, type ToTasker } from '../executor/tasker-protocol.ts'
import { readMessage } from './message.ts'
import type { TaskerLog } from './tasker-log.ts'

export interface DoorParts {
  log: TaskerLog
  /** What a server hears first. */
  greet(): FromTasker
  receive(message: ToTasker, reply: (answer: FromTasker) => void): void
  came(): void
  left(): void
}

export class Door {
  readonly #parts: DoorParts
  readonly #server: Server
  #socket: Socket | undefined
  #writer: LineWriter<FromTasker> | undefined

  constructor(parts: DoorParts) {
    this.#parts = parts
    this.#server = createServer((socket) => this.#admit(socket))
  }

  get isConnected(): boolean {
    return this.#socket !== undefined
  }

  /** `name` is relative to the present directory, so that its path may be of any length (sockets take 108 bytes). */
  open(name: string): Promise<void> {
    rmSync(name, { force: true })
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(name, () => {
        chmodSync(name, 0o600)
        resolve()
      })
    })
  }

  /** Lost when no server is connected: what must not be lost is repeated to the next one. */
  send(message: FromTasker): void {
    this.#writer?.write(message)
    this.#writer?.flush()
  }

  close(): void {
    this.#socket?.destroy()
    this.#server.close()
  }

  #admit(socket: Socket): void {
    const read = lineReader(MAX_LINE_BYTES, (line) => this.#take(socket, readMessage(line)))
    socket.on('error', () => {})
    socket.on('close', () => this.#leave(socket))
    socket.on('data', (chunk: Buffer) => {
      try {
        read(chunk)
      } catch (error) {
        this.#parts.log('error', `a connection is dropped for bad input: ${messageOf(error)}`)
        socket.destroy()
      }
    })
  }

  #take(socket: Socket, message: ToTasker): void {
    if (message.kind === 'hello') this.#welcome(socket)
    else if (socket !== this.#socket) throw new Error('it did not say hello, or a newer one did')
    else this.#parts.receive(message, (answer) => socket === this.#socket && this.#writer?.write(answer))
  }

  #welcome(socket: Socket): void {
    if (this.#socket !== socket) this.#socket?.destroy()
    this.#socket = socket
    this.#writer = new LineWriter(socket, MAX_UNSENT_BYTES)
    this.send(this.#parts.greet())
    this.#parts.came()
  }

  #leave(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.#writer = undefined
    this.#parts.left()
  }
}
