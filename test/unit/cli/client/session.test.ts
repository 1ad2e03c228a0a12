import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHttpClient } from '../../../../src/cli/client/http-client.ts'
import { Session, type SessionParts } from '../../../../src/cli/client/session.ts'
import type { KeptToken, TokenFile } from '../../../../src/cli/client/token-file.ts'

let server: Server
let url: string
/** What the server has been asked, in order. */
let asked: string[]
let goodToken: string

beforeEach(async () => {
  asked = []
  goodToken = 't1'
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? body}`)
      const [status, answer] = answerTo(request.url!, request.headers.authorization, body)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function answerTo(path: string, authorization: string | undefined, body: string): [number, unknown] {
  if (path === '/api/v3/token') {
    if (!body.includes('password=right')) return [401, { error: 'wrong user name or password' }]
    return [200, { token_type: 'Bearer', access_token: goodToken, expires_in: 14_400 }]
  }
  if (authorization !== `Bearer ${goodToken}`) return [401, { error: 'the token has expired' }]
  return path === '/api/v3/jobs/9' ? [404, { error: 'no job 9' }] : [200, { ok: true }]
}

function memoryTokens(kept?: KeptToken): TokenFile & { kept: () => KeptToken | undefined } {
  let held = kept
  return {
    kept: () => held,
    userAt: async () => 'alice',
    get: async () => held,
    put: async (_url, _user, next) => {
      held = next
    },
    drop: async () => true,
  }
}

function sessionWith(parts: Partial<SessionParts>): Session {
  const http = createHttpClient({ insecure: false, certificates: [] })
  const credentials = async () => ({ password: 'right' })
  return new Session({ url, user: 'alice', http, tokens: memoryTokens(), credentials, now: () => 1000, ...parts })
}

test('the first request signs in, the second uses the token', async () => {
  const tokens = memoryTokens()
  const session = sessionWith({ tokens })
  await session.call({ method: 'GET', path: '/x' })
  await session.call({ method: 'GET', path: '/x' })
  expect(asked).toEqual([
    'POST /api/v3/token username=alice&password=right',
    'GET /api/v3/x Bearer t1',
    'GET /api/v3/x Bearer t1',
  ])
  expect(tokens.kept()).toEqual({ token: 't1', expiresAt: 14_401_000 })
})

test('a kept token is used until it has expired', async () => {
  await sessionWith({ tokens: memoryTokens({ token: 't1', expiresAt: 100_000 }) }).call({ method: 'GET', path: '/x' })
  expect(asked).toEqual(['GET /api/v3/x Bearer t1'])
  asked = []
  await sessionWith({ tokens: memoryTokens({ token: 't1', expiresAt: 900 }) }).call({ method: 'GET', path: '/x' })
  expect(asked[0]).toContain('/api/v3/token')
})

test('a refused token is renewed once for all requests that were under way', async () => {
  const session = sessionWith({ tokens: memoryTokens({ token: 'old', expiresAt: 100_000 }) })
  await Promise.all([1, 2, 3].map((number) => session.call({ method: 'GET', path: `/x${number}` })))
  expect(asked.filter((line) => line.includes('/token'))).toHaveLength(1)
  expect(asked.filter((line) => line.endsWith('Bearer t1'))).toHaveLength(3)
})

test('a mistyped password can be typed again', async () => {
  const typed = ['wrong', 'right']
  const credentials = async (attempt: number) => ({ password: typed[attempt - 1]! })
  await sessionWith({ credentials }).call({ method: 'GET', path: '/x' })
  expect(asked).toHaveLength(3)
})

test('a password that is wrong and cannot be typed again gives the sentence of the server', async () => {
  const credentials = async (attempt: number) => (attempt === 1 ? { password: 'wrong' } : undefined)
  const call = sessionWith({ credentials }).call({ method: 'GET', path: '/x' })
  await expect(call).rejects.toThrow('wrong user name or password')
})

test('without any way to sign in the sentence says what to do', async () => {
  const call = sessionWith({ credentials: async () => undefined }).call({ method: 'GET', path: '/x' })
  await expect(call).rejects.toThrow(/run "nc login" once, or set NC_PASSWORD_FILE/)
})

test('a refusal carries the sentence and the status', async () => {
  const call = sessionWith({}).call({ method: 'GET', path: '/jobs/9' })
  await expect(call).rejects.toMatchObject({ message: 'no job 9', status: 404 })
})

test('where nobody answers, the sentence says how to start a server', async () => {
  const gone = sessionWith({ url: 'http://127.0.0.1:1' }).call({ method: 'GET', path: '/x' })
  await expect(gone).rejects.toThrow('no server answers at http://127.0.0.1:1; is it running?')
})
