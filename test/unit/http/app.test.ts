/** What the app answers outside of any dialect: bad paths, bad bytes, too much of anything. */

import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { createApp } from '../../../src/http/app.ts'

function anApp(): FastifyInstance {
  const app = createApp({ log: silentLog })
  app.post('/echo', async ({ body }) => ({ body }))
  onTestFinished(() => app.close())
  return app
}

/** What comes back for raw bytes, until the server hangs up. */
async function answerTo(bytes: string): Promise<string> {
  const app = anApp()
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.setEncoding('utf8').on('data', (piece) => {
    answer += piece
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return answer
}

test('an unknown path is 404 with a sentence', async () => {
  const response = await anApp().inject('/nowhere')
  expect([response.statusCode, response.json()]).toEqual([404, { error: 'nothing is at /nowhere; see / for what is' }])
})

test('a path that cannot be read is 400 with a sentence', async () => {
  const response = await anApp().inject('/%zz')
  expect([response.statusCode, response.json().error]).toEqual([400, expect.stringContaining('a % must be followed')])
})

test('an empty JSON body is no body', async () => {
  const headers = { 'content-type': 'application/json' }
  expect((await anApp().inject({ method: 'POST', url: '/echo', headers, payload: ' ' })).json()).toEqual({})
})

test.each([
  ['what is not HTTP', 'hello\r\n\r\n', '400 Bad Request'],
  [
    'headers without end',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
  ],
  [
    'two lengths',
    'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
    '400 Bad Request',
  ],
])('%s is answered in JSON and hung up on', async (_what, bytes, status) => {
  const answer = await answerTo(bytes)
  const [head, body] = answer.split('\r\n\r\n')
  expect(head).toContain(`HTTP/1.1 ${status}`)
  expect(JSON.parse(body!).error).toMatch(/\w/)
})
