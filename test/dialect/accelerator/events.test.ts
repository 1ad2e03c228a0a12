/** `GET /events`: what a reader hears of jobs, over a real connection. */

import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { DomainError } from '../../../src/base/errors.ts'
import { HEARTBEAT_MS } from '../../../src/dialect/accelerator/event/event-stream.ts'
import { aCaller } from '../../support/house.ts'
import { aBody, type Door, type DoorOptions, namedSignIn, openDoor } from './door.ts'

async function listening(options: DoorOptions = {}): Promise<Door> {
  const door = await openDoor(options)
  await door.app.listen({ port: 0, host: '127.0.0.1' })
  return door
}

/** The blocks of a stream, one at a time. */
class Reader {
  readonly response: IncomingMessage
  #text = ''
  #isOver = false
  #wake: () => void = () => {}

  constructor(response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (piece) => {
      this.#text += piece
      this.#wake()
    })
    response.on('error', () => {})
    response.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  /** Settles with the next block, without its last blank line; undefined at the end. */
  async block(): Promise<string | undefined> {
    for (;;) {
      const [block, ...rest] = this.#text.split('\n\n')
      if (rest.length > 0) {
        this.#text = rest.join('\n\n')
        return block
      }
      if (this.#isOver) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async event(): Promise<Record<string, unknown>> {
    const block = await this.block()
    return JSON.parse(block?.replace(/^data: /, '') ?? 'null')
  }
}

async function listen({ app }: Door, jobs: string, token = 'alice/user'): Promise<Reader> {
  const { port } = app.server.address() as AddressInfo
  const headers = { authorization: `Bearer ${token}` }
  const asked = request({ port, host: '127.0.0.1', path: `/api/v3/events?jobs=${jobs}`, headers })
  asked.end()
  onTestFinished(() => void asked.destroy())
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return new Reader(response)
}

async function submitted({ call }: Door, changes: Record<string, unknown> = {}): Promise<number> {
  return (await call('POST', '/api/v3/jobs', { body: aBody(changes) })).json().jobid
}

test('a reader hears where a job stands and then of each change', async () => {
  const door = await listening()
  const { executor, next } = door.house
  const id = await submitted(door)
  await executor.ordered(1)
  const reader = await listen(door, `${id}`)
  expect(reader.response.headers['content-type']).toBe('text/event-stream; charset=utf-8')
  const idle = { host: 'node01', exit: null, signal: '', cause: '', why: '' }
  const names = { id: String(id).padStart(9, '0'), idint: id }
  expect(await reader.event()).toEqual({ ...names, status: 'RETRACING', statusnc: 'Running', ...idle })
  const ended = next('exit', id)
  executor.end(id, { exitCode: 3 })
  await ended
  const failed = { status: 'FAILED', statusnc: 'Failed', exit: 3, cause: 'exit', why: 'exited with status 3' }
  expect(await reader.event()).toEqual({ ...names, ...idle, ...failed })
  await door.call('DELETE', `/api/v3/jobs/${id}`)
  expect(await reader.event()).toMatchObject({ ...names, statusnc: 'Forgotten' })
})

test('a reader hears only of the jobs that it asked for', async () => {
  const door = await listening({ slots: 0 })
  const [first, second] = [await submitted(door), await submitted(door)]
  const reader = await listen(door, `${second}`)
  expect(await reader.event()).toMatchObject({ idint: second })
  await door.call('PUT', `/api/v3/jobs/${first}`, { body: { action: 'DEQUEUE' } })
  await door.call('PUT', `/api/v3/jobs/${second}`, { body: { action: 'DEQUEUE' } })
  expect(await reader.event()).toMatchObject({ idint: second, statusnc: 'Idle' })
})

test('a change that happens while the reader is being answered is heard once', async () => {
  const door = await listening({ slots: 0 })
  const ids = [await submitted(door), await submitted(door)]
  const changing = door.call('PUT', `/api/v3/jobs/${ids[1]}`, { body: { action: 'DEQUEUE' } })
  const reader = await listen(door, ids.join(','))
  await changing
  const heard = [await reader.event(), await reader.event()]
  const last = heard.findLast(({ idint }) => idint === ids[1])!
  expect(last.statusnc === 'Idle' ? last : await reader.event()).toMatchObject({ idint: ids[1], statusnc: 'Idle' })
})

test('a stream of which nothing is to be told is kept awake', async () => {
  const door = await listening({ slots: 0 })
  const reader = await listen(door, `${await submitted(door)}`)
  await reader.event()
  door.house.clock.turn(HEARTBEAT_MS)
  expect(await reader.block()).toBe(': alive')
})

test('a stream ends when its token no longer counts', async () => {
  let isRevoked = false
  const verify: typeof namedSignIn.verify = (token) => {
    if (isRevoked) throw new DomainError('unauthenticated', 'the token is not valid')
    return namedSignIn.verify(token)
  }
  const door = await listening({ slots: 0, signIn: { ...namedSignIn, verify } })
  const reader = await listen(door, `${await submitted(door)}`)
  await reader.event()
  isRevoked = true
  door.house.clock.turn(HEARTBEAT_MS)
  expect(await reader.block()).toBeUndefined()
})

test('a reader that does not read is dropped, and one that reads is not', async () => {
  const door = await listening({ slots: 0 })
  const id = await submitted(door)
  const reader = await listen(door, `${id}`)
  await reader.event()
  const server = await idleReader(door, `${id}`)
  const job = await door.house.engine.jobs.get(aCaller('alice'), id)
  const tell = (version: number, reason: string) =>
    door.house.engine.bus.emit({ kind: 'modify', before: job, after: { ...job, version, reason } })
  let version = job.version
  while (!server.destroyed) {
    version += 1
    tell(version, 'x'.repeat(1 << 18))
    await reader.event()
  }
  tell(version + 1, 'still here')
  expect(await reader.event()).toMatchObject({ why: 'still here' })
})

/** A client that has begun to hear and stops to read; answers the server's end of it. */
async function idleReader({ app }: Door, jobs: string): Promise<Socket> {
  const { port } = app.server.address() as AddressInfo
  const accepted = once(app.server, 'connection') as Promise<[Socket]>
  const client = connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  client.on('error', () => {})
  client.write(`GET /api/v3/events?jobs=${jobs} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice/user\r\n\r\n`)
  const [server] = await accepted
  await once(client, 'data')
  client.pause()
  return server
}

test('a stop of the server ends the streams', async () => {
  const door = await listening({ slots: 0 })
  const reader = await listen(door, `${await submitted(door)}`)
  await reader.event()
  await door.app.close()
  expect(await reader.block()).toBeUndefined()
})

test.each([
  ['/events', 400, 'the parameter "jobs" is missing'],
  ['/events?jobs=x', 400, 'jobs must be IDs with commas between; an ID is a number, such as 1138 or 000001138'],
  ['/events?jobs=7', 404, 'there is no job 7; it may have been forgotten'],
])('%s is refused as any other request', async (path, status, error) => {
  const { call } = await openDoor()
  const response = await call('GET', `/api/v3${path}`)
  expect([response.statusCode, response.json()]).toEqual([status, { error }])
})
