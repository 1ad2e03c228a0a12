import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { get, Agent as PlainAgent, type RequestListener } from 'node:http'
import { Agent, get as getEncrypted } from 'node:https'
import { connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectEncrypted } from 'node:tls'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { selfSignedPair } from '../../../src/http/certificate.ts'
import { Door, type DoorOptions, type TlsMaterial } from '../../../src/http/listener.ts'
import { makeFolder } from '../../support/folder.ts'

let first: TlsMaterial
let second: TlsMaterial

beforeAll(async () => {
  first = await material('TLSv1.3')
  second = await material('TLSv1.2')
})

async function material(minVersion: TlsMaterial['minVersion']): Promise<TlsMaterial> {
  const folder = makeFolder()
  const pair = await selfSignedPair({ folder, names: ['127.0.0.1'], now: Date.now() })
  rmSync(folder, { recursive: true })
  return { ...pair, minVersion }
}

const hello: RequestListener = (request, response) => {
  response.end(`${request.method} ${'encrypted' in request.socket ? 'encrypted' : 'plain'}`)
}

async function opened(options: Partial<DoorOptions> = {}, handler: RequestListener = hello) {
  const door = new Door({
    listen: { host: '127.0.0.1', port: 0 },
    tls: null,
    httpName: null,
    log: silentLog,
    ...options,
  })
  door.serverFactory(handler)
  const url = await door.open()
  onTestFinished(() => door.close(0))
  return { door, url }
}

async function fetchText(url: string, agent?: Agent | PlainAgent): Promise<string> {
  const request = url.startsWith('https')
    ? getEncrypted(url, { rejectUnauthorized: false, agent: agent as Agent })
    : get(url, { agent })
  const [response] = await once(request, 'response')
  return text(response)
}

/** Everything that the other side sends until it ends the connection. */
async function said(socket: Socket): Promise<string> {
  socket.on('error', () => {})
  return text(socket)
}

describe('a door without TLS', () => {
  test('serves on a free port and answers its URL', async () => {
    const { door, url } = await opened()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(door.url).toBe(url)
    expect(await fetchText(url)).toBe('GET plain')
  })

  test('says whose port it wanted when that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    await expect(opened({ listen: { host: '127.0.0.1', port } })).rejects.toThrow(/is taken by another program/)
    await expect(opened({ listen: { host: '192.0.2.1', port: 0 } })).rejects.toThrow(/not an address of this machine/)
  })

  test('carries the name from the settings in its URL', async () => {
    const { url } = await opened({ httpName: 'server.example.com', listen: { host: '', port: 0 } })
    expect(url).toMatch(/^http:\/\/server\.example\.com:\d+$/)
  })

  test('closes connections beyond its limit at once', async () => {
    const { url } = await opened({ maxConnections: 1 })
    const { port } = new URL(url)
    const kept = connect(Number(port), '127.0.0.1')
    await once(kept, 'connect')
    expect(await said(connect(Number(port), '127.0.0.1'))).toBe('')
    kept.destroy()
  })
})

describe('a door with TLS', () => {
  test('serves encrypted, also many connections at once', async () => {
    const { url } = await opened({ tls: first })
    expect(url).toMatch(/^https:/)
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetchText(url)))
    expect(new Set(answers)).toEqual(new Set(['GET encrypted']))
  })

  test('keeps an encrypted connection for the next request', async () => {
    const { url } = await opened({ tls: first })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await fetchText(url, agent)
    const [[socket]] = Object.values(agent.freeSockets) as [[Socket]]
    expect(await fetchText(url, agent)).toBe('GET encrypted')
    expect(Object.values(agent.freeSockets)[0]![0]).toBe(socket)
    agent.destroy()
  })

  test('tells a client that speaks HTTP to use https, however much it sends', async () => {
    const { url } = await opened({ tls: first })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`)
    const answer = await said(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toEqual({ error: `this port speaks HTTPS; use ${url}` })
  })

  test('refuses TLS below its minimum', async () => {
    const { url } = await opened({ tls: first })
    const socket = connectEncrypted({
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    })
    const [error] = await once(socket, 'error')
    expect(error.message).toMatch(/protocol version/i)
  })
})

describe('a change while the door is open', () => {
  test('meets new connections only: those that stand keep their certificate', async () => {
    const { door, url } = await opened({ tls: first })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await fetchText(url, agent)
    await door.reread({ tls: second, httpName: null })
    expect(await fetchText(url, agent)).toBe('GET encrypted')
    const old = Object.values(agent.freeSockets)[0]![0] as unknown as ReturnType<typeof connectEncrypted>
    const fresh = connectEncrypted({
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    })
    await once(fresh, 'secureConnect')
    expect(fresh.getPeerCertificate().serialNumber).not.toBe(old.getPeerCertificate().serialNumber)
    fresh.destroy()
    agent.destroy()
  })

  test('switches TLS on and off, and the URL with it', async () => {
    const { door, url } = await opened()
    const agent = new PlainAgent({ keepAlive: true, maxSockets: 1 })
    await fetchText(url, agent)
    const encrypted = await door.reread({ tls: first, httpName: null })
    expect(encrypted).toBe(url.replace('http:', 'https:'))
    expect(await fetchText(encrypted)).toBe('GET encrypted')
    expect(await fetchText(url, agent)).toBe('GET plain')
    agent.destroy()
    expect(await fetchText(await door.reread({ tls: null, httpName: null }))).toBe('GET plain')
  })
})

describe('the end of a door', () => {
  test.each([['http'], ['https']])('lets an answer over %s that has begun come to its end', async (scheme) => {
    const begun = Promise.withResolvers<() => void>()
    const { door, url } = await opened({ tls: scheme === 'https' ? first : null }, (_request, response) => {
      response.write('begun, ')
      begun.resolve(() => response.end('ended'))
    })
    const answer = fetchText(
      url,
      scheme === 'https' ? new Agent({ keepAlive: true }) : new PlainAgent({ keepAlive: true }),
    )
    const finish = await begun.promise
    const closed = door.close()
    finish()
    expect(await answer).toBe('begun, ended')
    await closed
    await expect(fetchText(url)).rejects.toThrow(/ECONNREFUSED/)
  })

  test('cuts what does not end in time, and who never said anything', async () => {
    const begun = Promise.withResolvers<void>()
    const { door, url } = await opened({ tls: first }, (_request, response) => {
      response.write('begun')
      begun.resolve()
    })
    const idle = connect(Number(new URL(url).port), '127.0.0.1')
    const answer = fetchText(url)
    await begun.promise
    await Promise.all([door.close(20), expect(answer).rejects.toThrow(), said(idle)])
    await door.close()
  })
})
