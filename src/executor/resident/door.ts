/** A resident's socket: one server at a time, and the newest wins, since an older one is a server that is gone or hangs. */

import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { messageOf } from '../../base/errors.ts'
import { LineWriter, lineReader } from '../lines.ts'
import type { LineLog } from './line-log.ts'

/** What a server may say: `hello` comes first. */
interface Said {
  kind: string
}

export interface DoorParts<Heard extends Said, Told> {
  log: LineLog
  maxLineBytes: number
  maxUnsentBytes: number
  /** @throws plain error that says what is wrong with the line */
  read(line: string): Heard
  /** What a server hears first. */
  greet(hello: Heard): Told
  receive(message: Heard, reply: (answer: Told) => void): void
  came(): void
  left(): void
}

export class Door<Heard extends Said, Told> {
  readonly #parts: DoorParts<Heard, Told>
  readonly #server: Server
  #socket: Socket | undefined
  #writer: LineWriter<Told> | undefined

  constructor(parts: DoorParts<Heard, Told>) {
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
  send(message: Told): void {
    this.#writer?.write(message)
    this.#writer?.flush()
  }

  close(): void {
    this.#socket?.destroy()
    this.#server.close()
  }

  #admit(socket: Socket): void {
    const read = lineReader(this.#parts.maxLineBytes, (line) => this.#take(socket, this.#parts.read(line)))
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

  #take(socket: Socket, message: Heard): void {
    if (message.kind === 'hello') this.#welcome(socket, message)
    else if (socket !== this.#socket) throw new Error('it did not say hello, or a newer one did')
    else this.#parts.receive(message, (answer) => socket === this.#socket && this.#writer?.write(answer))
  }

  #welcome(socket: Socket, hello: Heard): void {
    if (this.#socket !== socket) this.#socket?.destroy()
    this.#socket = socket
    this.#writer = new LineWriter(socket, this.#parts.maxUnsentBytes)
    this.send(this.#parts.greet(hello))
    this.#parts.came()
  }

  #leave(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.#writer = undefined
    this.#parts.left()
  }
}
