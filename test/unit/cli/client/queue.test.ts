import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findQueue, readQueues } from '../../../../src/cli/client/queue.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'queue-'))
  mkdirSync(join(home, '.config/yardmaster'), { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true }))

const env = (more: Record<string, string> = {}) => ({ HOME: home, YARDMASTER_DATA: join(home, 'data'), ...more })

function startHere(url: string): void {
  mkdirSync(join(home, 'data'))
  writeFileSync(join(home, 'data/server.json'), JSON.stringify({ pid: 1, urls: { accelerator: url } }))
}

test('NC_URL may be any address of the server', async () => {
  expect(await findQueue({ env: env({ NC_URL: 'http://myhost:6330/project/x' }) })).toBe('http://myhost:6330')
})

test('an address on the command line goes before the environment', async () => {
  const found = findQueue({ url: 'https://a:1', queue: 'b', env: env({ NC_URL: 'http://c:2' }) })
  expect(await found).toBe('https://a:1')
})

test('a queue is found by its name in the queues file', async () => {
  writeFileSync(
    join(home, '.config/yardmaster/queues'),
    '# mine\nvnc http://x:1\nvnc_big  https://big.example:6330 # far\n',
  )
  expect(await findQueue({ env: env({ NC_QUEUE: 'vnc_big' }) })).toBe('https://big.example:6330')
  expect(await findQueue({ queue: 'vnc', env: env({ NC_QUEUE: 'vnc_big' }) })).toBe('http://x:1')
})

test('a name that leads nowhere is refused with what to write where', async () => {
  await expect(findQueue({ queue: 'nope', env: env() })).rejects.toThrow(/no queue nope .* add the line "nope http/)
})

test('the server of the data directory is the queue when nothing else is said', async () => {
  startHere('http://127.0.0.1:7777')
  expect(await findQueue({ env: env() })).toBe('http://127.0.0.1:7777')
})

test('without anything it is the address of a server started without any setting', async () => {
  expect(await findQueue({ env: env() })).toBe('http://127.0.0.1:6330')
})

test('what is no address is refused', async () => {
  await expect(findQueue({ url: 'myhost', env: env() })).rejects.toThrow('"myhost" is not the address of a server')
})

test('the queues file passes over what is no line of it', () => {
  expect([...readQueues('a\n\nb http://b\n#c http://c\n')]).toEqual([['b', 'http://b']])
})
