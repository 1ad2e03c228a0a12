import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ExecutorSamples } from '../../../src/executor/executor.ts'
import { lineReader } from '../../../src/executor/lines.ts'
import {
  type FromTasker,
  MAX_LINE_BYTES,
  PROTOCOL_VERSION,
  SOCKET_NAME,
  type ToTasker,
} from '../../../src/executor/tasker-protocol.ts'
import { testFolder } from '../../support/folder.ts'
import { isAlive, pidIn } from '../../support/processes.ts'

const MAIN = resolve(import.meta.dirname, '../../../src/tasker/main.ts')
const PATIENCE = { timeout: 20_000, interval: 10 }

function launch(dir: string): ChildProcess & { said: () => string } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, dir], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  return Object.assign(child, { said: () => said })
}

async function ready(dir: string) {
  const tasker = launch(dir)
  await vi.waitUntil(() => tasker.said().includes('ready'), PATIENCE)
  return tasker
}

interface Caller {
  socket: Socket
  say(message: ToTasker): void
  /** The next answer; samples come between them at any time. */
  hear(): Promise<FromTasker>
  samples: readonly ExecutorSamples[]
}

async function call(dir: string): Promise<Caller> {
  const socket = createConnection(join(dir, SOCKET_NAME))
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  const heard: FromTasker[] = []
  const samples: ExecutorSamples[] = []
  const take = (message: FromTasker) =>
    message.kind === 'samples' ? samples.push(message.samples) : heard.push(message)
  socket.on(
    'data',
    lineReader(MAX_LINE_BYTES, (line) => take(JSON.parse(line) as FromTasker)),
  )
  await once(socket, 'connect')
  return {
    socket,
    samples,
    say: (message) => void socket.write(`${JSON.stringify(message)}\n`),
    async hear() {
      await vi.waitUntil(() => heard.length > 0, PATIENCE)
      return heard.shift() as FromTasker
    },
  }
}

async function greet(dir: string): Promise<Caller> {
  const caller = await call(dir)
  caller.say({ kind: 'hello', version: PROTOCOL_VERSION })
  expect(await caller.hear()).toMatchObject({ kind: 'hello', version: PROTOCOL_VERSION })
  return caller
}

/** Starts a job that does something and then waits to be ended; answers its process. */
async function startSleeper(dir: string, { say }: Caller, before = ''): Promise<number> {
  const argv = ['/bin/sh', '-c', `echo $$ >pid; ${before} exec sleep 60`]
  const rest = { logfile: null, account: null, nice: 0, umask: 0, killAfterMs: 0, ramLimitMb: 0 }
  say({ kind: 'start', order: { jobId: 1, attempt: 1, argv, env: { PATH: '/bin' }, rundir: dir, ...rest } })
  return pidIn(join(dir, 'pid'))
}

test('one tasker works in a directory; a second one refuses and says why', async () => {
  const dir = testFolder()
  await ready(dir)
  const second = launch(dir)
  expect(await once(second, 'exit')).toEqual([1, null])
  expect(second.said()).toContain('another tasker runs in this directory')
  await greet(dir)
})

test('directory and socket are for its own account alone', async () => {
  const dir = join(testFolder(), 'made')
  await ready(dir)
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dir, SOCKET_NAME)).mode & 0o777).toBe(0o600)
})

test('a newer server replaces an older one', async () => {
  const dir = testFolder()
  await ready(dir)
  const older = await greet(dir)
  const gone = once(older.socket, 'close')
  await greet(dir)
  await gone
})

test.each([
  ['no JSON', 'no json\n'],
  ['an unknown message', '{"kind":"boo"}\n'],
  ['a message without a hello', '{"kind":"retire"}\n'],
  ['a line without an end', 'x'.repeat(MAX_LINE_BYTES + 1)],
])('a connection that says %s is dropped, and nothing else happens', async (_, text) => {
  const dir = testFolder()
  const tasker = await ready(dir)
  const server = await greet(dir)
  const stranger = await call(dir)
  const gone = once(stranger.socket, 'close')
  stranger.socket.write(text)
  await gone
  expect(tasker.said()).toContain('dropped for bad input')
  server.say({ kind: 'signal', ticket: 5, order: { jobId: 1, attempt: 1, action: 'stop' } })
  expect(await server.hear()).toMatchObject({ kind: 'notSignalled', ticket: 5, code: 'not_found' })
})

test('told to retire it waits for its jobs, ends and takes its socket with it', async () => {
  const dir = testFolder()
  const tasker = await ready(dir)
  const server = await greet(dir)
  const pid = await startSleeper(dir, server)
  server.say({ kind: 'retire' })
  server.say({ kind: 'signal', ticket: 1, order: { jobId: 1, attempt: 1, action: 'stop' } })
  expect(await once(tasker, 'exit')).toEqual([0, null])
  expect(isAlive(pid)).toBe(false)
  expect(existsSync(join(dir, SOCKET_NAME))).toBe(false)
})

test('an end that was not stored is handed over by the next tasker', async () => {
  const dir = testFolder()
  const tasker = await ready(dir)
  const server = await greet(dir)
  await startSleeper(dir, server)
  server.say({ kind: 'retire' })
  server.say({ kind: 'signal', ticket: 1, order: { jobId: 1, attempt: 1, action: 'stop' } })
  await once(tasker, 'exit')
  await ready(dir)
  const next = await call(dir)
  next.say({ kind: 'hello', version: PROTOCOL_VERSION })
  expect(await next.hear()).toMatchObject({ ends: [{ kind: 'exited', jobId: 1, facts: { cause: 'stopped' } }] })
})

test('SIGTERM ends it when nothing runs, and not while something does', async () => {
  const dir = testFolder()
  const tasker = await ready(dir)
  const server = await greet(dir)
  const pid = await startSleeper(dir, server)
  tasker.kill('SIGTERM')
  await vi.waitUntil(() => tasker.said().includes('SIGTERM is ignored while 1 jobs run'), PATIENCE)
  expect(isAlive(pid)).toBe(true)
  server.say({ kind: 'signal', ticket: 1, order: { jobId: 1, attempt: 1, action: 'stop' } })
  await vi.waitUntil(() => !isAlive(pid), PATIENCE)
  tasker.kill('SIGTERM')
  expect(await once(tasker, 'exit')).toEqual([0, null])
})

test('when its fork server is killed the jobs are ended and lost, not forgotten', async (context) => {
  const dir = testFolder()
  const tasker = await ready(dir)
  const server = await greet(dir)
  const pid = await startSleeper(dir, server)
  const [forker] = readFileSync(`/proc/${tasker.pid}/task/${tasker.pid}/children`, 'utf8').split(' ')
  if (!forker) return context.skip('no fork server without a C compiler')
  process.kill(Number(forker), 'SIGKILL')
  expect(await once(tasker, 'exit')).toEqual([1, null])
  await ready(dir)
  expect(isAlive(pid)).toBe(false)
  const next = await call(dir)
  next.say({ kind: 'hello', version: PROTOCOL_VERSION })
  expect(await next.hear()).toMatchObject({ inventory: { running: [] }, ends: [{ kind: 'lost', jobId: 1 }] })
})

test('what it saw while no server was there is told once, to the next that comes', async () => {
  const dir = testFolder()
  await ready(dir)
  const first = await greet(dir)
  const pid = await startSleeper(dir, first, 'sleep 2.5; echo >late;')
  first.socket.destroy()
  await vi.waitUntil(() => existsSync(join(dir, 'late')), PATIENCE)
  const calledAt = Date.now()
  const next = await greet(dir)
  const caughtUp = (samples: readonly ExecutorSamples[]) => samples.filter(({ at }) => at < calledAt)
  await vi.waitUntil(() => caughtUp(next.samples).some(({ runs }) => runs[0]?.jobId === 1), PATIENCE)
  const third = await greet(dir)
  await vi.waitUntil(() => third.samples.length > 0, PATIENCE)
  expect(caughtUp(third.samples)).toEqual([])
  process.kill(pid, 'SIGKILL')
})
