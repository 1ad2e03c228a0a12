/**
 * A door: one port on which the app is served, with TLS or without. One HTTP server stands behind it for both, so that
 * limits, errors and the end are the same; TLS and its certificate can change while connections stand.
 */

import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls'
import { DomainError, messageOf, systemCodeOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { HTTP_LIMITS } from './app.ts'
import { onFirstByte } from './first-byte.ts'
import { hostForUrl } from './host-name.ts'

/** What TLS needs; `chooseTls` answers it. */
export interface TlsMaterial {
  certificate: string
  key: string
  minVersion: 'TLSv1.2' | 'TLSv1.3'
}

export interface DoorOptions {
  /** `host` is empty for all interfaces; port 0 takes a free one. */
  listen: { host: string; port: number }
  /** Null to speak HTTP. */
  tls: TlsMaterial | null
  /** The host name that URLs carry; null to find one. */
  httpName: string | null
  log: Logger
  /** Further ones are closed at once. */
  maxConnections?: number
}

const TIMEOUTS = {
  headersTimeout: HTTP_LIMITS.headersTimeoutMs,
  requestTimeout: HTTP_LIMITS.requestTimeoutMs,
  keepAliveTimeout: HTTP_LIMITS.keepAliveTimeoutMs,
}
const CHECK_EVERY_MS = 5_000
const MAX_CONNECTIONS = 16_384
const HANDSHAKE_LIMIT_MS = 10_000
/** For a client that neither reads nor writes in the middle of an answer. */
const STANDSTILL_LIMIT_MS = 300_000
const GRACE_MS = 5_000
/** For a client that was told to use https to read so. */
const FAREWELL_MS = 2_000

/** Made with the options, handed to Fastify by its `serverFactory`, then opened. */
export class Door {
  readonly #options: DoorOptions
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #speakHttp: ((stream: Socket) => void) | undefined
  #secure: TlsServer | undefined
  #url = ''

  constructor(options: DoorOptions) {
    this.#options = options
    this.#useTls(options.tls)
  }

  /** For Fastify's option of that name; called once. */
  readonly serverFactory = (handler: RequestListener): Server => {
    const server = createServer({ ...TIMEOUTS, connectionsCheckingInterval: CHECK_EVERY_MS }, handler)
    server.timeout = STANDSTILL_LIMIT_MS
    server.maxConnections = this.#options.maxConnections ?? MAX_CONNECTIONS
    // Node's own listener reads HTTP from whatever stream it is given: the bare socket here, or TLS over it.
    this.#speakHttp = server.listeners('connection')[0]!.bind(server)
    server.removeAllListeners('connection')
    server.on('connection', (socket: Socket) => this.#meet(socket))
    this.#server = server
    return server
  }

  /** The URL as it is now; empty while closed. */
  get url(): string {
    return this.#url
  }

  /** Begins to listen and answers the URL. @throws invalid for an address that cannot be had */
  async open(): Promise<string> {
    const server = this.#serving()
    const { host, port } = this.#options.listen
    server.listen({ port, ...(host === '' ? {} : { host }) })
    try {
      await once(server, 'listening')
    } catch (error) {
      throw new DomainError('invalid', obstacleOf(error, host, port), {}, error)
    }
    return this.#name(this.#options.httpName)
  }

  /** From now on new connections meet this; those that stand go on as they are. Answers the URL. */
  async reread({ tls, httpName }: Pick<DoorOptions, 'tls' | 'httpName'>): Promise<string> {
    this.#useTls(tls)
    return this.#name(httpName)
  }

  /** Takes no more connections, lets requests in flight end for `graceMs`, then cuts what is left. Safe to call twice. */
  async close(graceMs = GRACE_MS): Promise<void> {
    const server = this.#serving()
    if (!server.listening) return
    this.#url = ''
    const closed = once(server, 'close')
    // A connection whose last answer is out ends then, instead of waiting for a next request.
    server.keepAliveTimeout = 1
    server.keepAliveTimeoutBuffer = 0
    server.close()
    const timer = setTimeout(() => this.#cut(), graceMs)
    await closed
    clearTimeout(timer)
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #serving(): Server {
    if (!this.#server) throw new Error('a door needs an app: hand its serverFactory to one first')
    return this.#server
  }

  #meet(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    const secure = this.#secure
    if (!secure) {
      this.#speakHttp!(socket)
      return
    }
    onFirstByte(socket, {
      limitMs: HANDSHAKE_LIMIT_MS,
      encrypted: () => secure.emit('connection', socket),
      plain: () => pointToHttps(socket, this.#url),
    })
  }

  /** @throws Error for a pair that TLS does not take; then what was before stays */
  #useTls(tls: TlsMaterial | null): void {
    const context = tls && { cert: tls.certificate, key: tls.key, minVersion: tls.minVersion }
    if (context && this.#secure) this.#secure.setSecureContext(context)
    else this.#secure = context ? this.#createSecure(context) : undefined
  }

  #createSecure(context: SecureContextOptions): TlsServer {
    const options = { ...context, handshakeTimeout: HANDSHAKE_LIMIT_MS, ALPNProtocols: ['http/1.1'] }
    const secure = createTlsServer(options, (stream) => this.#speakHttp!(stream))
    const { log } = this.#options
    return secure.on('tlsClientError', (error) => log.debug({ reason: error.message }, 'TLS handshake failed'))
  }

  async #name(httpName: string | null): Promise<string> {
    const host = await hostForUrl(httpName, this.#options.listen.host)
    const { port } = this.#serving().address() as AddressInfo
    this.#url = `${this.#secure ? 'https' : 'http'}://${host}:${port}`
    return this.#url
  }
}

/** Says on an encrypted port, to a client that speaks HTTP, what it should have done. */
function pointToHttps(socket: Socket, url: string): void {
  const body = JSON.stringify({ error: `this port speaks HTTPS; use ${url}` })
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  socket.on('error', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // What the client still sends is read and dropped: closing with unread data would take the answer away from it.
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), FAREWELL_MS).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** Why a port could not be opened and what to do. */
function obstacleOf(error: unknown, host: string, port: number): string {
  const where = `${host === '' ? 'all interfaces' : host}, port ${port}`
  switch (systemCodeOf(error)) {
    case 'EADDRINUSE':
      return `${where} is taken by another program (ss -ltnp shows which): stop it, or listen on another port`
    case 'EACCES':
      return `${where} may not be opened by this account: take a port from 1024 on, or start the server as root`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${where} is not an address of this machine: write one of its own, or ":${port}" for all interfaces`
    default:
      return `${where} cannot be opened: ${messageOf(error)}`
  }
}
