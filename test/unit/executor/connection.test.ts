import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { lineReader } from '../../../src/executor/lines.ts'
import { Connection } from '../../../src/executor/resident/connection.ts'
import {
  type FromTasker,
  MAX_LINE_BYTES,
  MAX_UNSENT_BYTES,
  PROTOCOL_VERSION,
  SOCKET_NAME,
  type ToTasker,
} from '../../../src/executor/tasker-protocol.ts'
import { testFolder } from '../../support/folder.ts'

const PATIENCE = { timeout: 20_000, interval: 5 }

function connect(dir: string) {
  const parts = { dir, failed: vi.fn(), welcomed: vi.fn(), received: vi.fn(), lost: vi.fn() }
  const connection = new Connection<ToTasker, FromTasker>({
    ...{ peer: 'tasker', socketName: SOCKET_NAME, maxUnsentBytes: MAX_UNSENT_BYTES, ...parts },
    hello: { kind: 'hello', version: PROTOCOL_VERSION },
    retire: { kind: 'retire' },
  })
  onTestFinished(() => connection.close())
  connection.open()
  return { connection, ...parts }
}

/** Something that listens where a tasker would, and greets with a version. */
async function stand(dir: string, version = PROTOCOL_VERSION) {
  const heard: ToTasker[] = []
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on(
      'data',
      lineReader(MAX_LINE_BYTES, (line) => heard.push(JSON.parse(line) as ToTasker)),
    )
    socket.write(`${JSON.stringify({ kind: 'hello', version, inventory: { epoch: 'e', running: [] }, ends: [] })}\n`)
  })
  server.listen(join(dir, SOCKET_NAME))
  await once(server, 'listening')
  const leave = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(leave)
  return { heard, leave }
}

test('it tries until somebody answers, and says each time that nobody does', async () => {
  const dir = testFolder()
  const { connection, failed, welcomed } = connect(dir)
  await vi.waitUntil(() => failed.mock.calls.length > 1, PATIENCE)
  expect(failed.mock.calls[0]?.[0]).toMatchObject({ code: 'ENOENT' })
  await stand(dir)
  await vi.waitUntil(() => welcomed.mock.calls.length === 1, PATIENCE)
  expect(connection.isUp).toBe(true)
})

test('it says that it lost the other side, and finds the next', async () => {
  const dir = testFolder()
  const first = await stand(dir)
  const { connection, welcomed, lost } = connect(dir)
  await vi.waitUntil(() => connection.isUp, PATIENCE)
  await first.leave()
  await vi.waitUntil(() => lost.mock.calls.length === 1, PATIENCE)
  expect(connection.isUp).toBe(false)
  await stand(dir)
  await vi.waitUntil(() => welcomed.mock.calls.length === 2, PATIENCE)
})

test('a tasker of another version is told to retire and not spoken to', async () => {
  const dir = testFolder()
  const { heard } = await stand(dir, PROTOCOL_VERSION + 1)
  const { connection, failed, welcomed } = connect(dir)
  await vi.waitUntil(() => failed.mock.calls.length > 0, PATIENCE)
  expect(failed.mock.calls[0]?.[0]).toMatchObject({ message: expect.stringMatching(/earlier version/) })
  await vi.waitUntil(() => heard.some(({ kind }) => kind === 'retire'), PATIENCE)
  expect(welcomed).not.toHaveBeenCalled()
  connection.send({ kind: 'stored', attempts: [] })
  expect(heard.map(({ kind }) => kind)).not.toContain('stored')
})

test('what was sent before it closes still arrives', async () => {
  const dir = testFolder()
  const { heard } = await stand(dir)
  const { connection } = connect(dir)
  await vi.waitUntil(() => connection.isUp, PATIENCE)
  connection.send({ kind: 'retire' })
  await connection.close()
  await vi.waitUntil(() => heard.at(-1)?.kind === 'retire', PATIENCE)
})
