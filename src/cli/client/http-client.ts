/** HTTP with kept-alive connections, and sentences for what can go wrong before an answer comes. */

import type { Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import { text as textOf } from 'node:stream/consumers'
import { systemCodeOf } from '../../base/errors.ts'
import { UserError } from '../failure.ts'

/** Asked for and not imported: an import of node:http also loads the whole of fetch, which doubles the start of a command. */
const builtin = process.getBuiltinModule

export interface Trust {
  /** Accepts any certificate. */
  insecure: boolean
  /** PEM texts that are trusted besides the system's. */
  certificates: readonly string[]
}

/** What a program's own user sets, as its sentences name it. */
export interface Wording {
  /** The variable with the server's address. */
  address: string
  /** The variable that accepts any certificate. */
  insecure: string
}

const NC: Wording = { address: 'NC_URL', insecure: 'NC_INSECURE=1' }

export interface HttpCall {
  method: string
  url: URL
  headers?: Record<string, string>
  body?: string | undefined
  /** Silence after which the call is given up. */
  timeoutMs?: number
}

export interface HttpClient {
  /** @throws UnreachableError when no answer came */
  open(call: HttpCall): Promise<IncomingMessage>
  send(call: HttpCall): Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }>
  close(): void
}

/** No answer came; `sent` tells whether the server may have acted on the request nevertheless. */
export class UnreachableError extends UserError {
  readonly sent: boolean
  constructor(message: string, sent: boolean) {
    super(message)
    this.sent = sent
  }
}

const SILENCE_MS = 120_000
const CONNECTIONS = 16

export function createHttpClient(trust: Trust, wording: Wording = NC): HttpClient {
  const plain = new (builtin('node:http').Agent)({ keepAlive: true, maxSockets: CONNECTIONS })
  let secure: HttpsAgent | undefined
  const agentOf = (url: URL) => {
    if (url.protocol !== 'https:') return plain
    secure ??= secureAgent(trust)
    return secure
  }
  const open = (call: HttpCall) =>
    openWith(agentOf(call.url), call).catch((error: Error) => {
      throw unreachable(call.url, error, wording)
    })
  return {
    open,
    async send(call) {
      const answer = await open(call)
      return { status: answer.statusCode ?? 0, text: await textOf(answer), headers: answer.headers }
    },
    close() {
      plain.destroy()
      secure?.destroy()
    },
  }
}

function secureAgent({ insecure, certificates }: Trust): HttpsAgent {
  const { Agent } = builtin('node:https')
  const ca =
    certificates.length > 0 ? [...builtin('node:tls').getCACertificates('default'), ...certificates] : undefined
  const options = { keepAlive: true, maxSockets: CONNECTIONS, rejectUnauthorized: !insecure }
  return new Agent(ca ? { ...options, ca } : options)
}

function openWith(agent: HttpAgent | HttpsAgent, call: HttpCall): Promise<IncomingMessage> {
  const { method, url, body, timeoutMs = SILENCE_MS } = call
  const headers = { ...call.headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) }
  const options: RequestOptions = { method, agent, headers, timeout: timeoutMs }
  return new Promise((resolve, reject) => {
    const { request: start } = url.protocol === 'https:' ? builtin('node:https') : builtin('node:http')
    const request = start(url, options, resolve)
    request.on('timeout', () => request.destroy(new Error(`no answer for ${Math.round(timeoutMs / 1000)} s`)))
    request.on('error', reject)
    request.end(body)
  })
}

/** Failures that show that nothing was sent. */
const SENTENCES: Readonly<Record<string, (url: URL, wording: Wording) => string>> = {
  ECONNREFUSED: ({ origin }) => `no server answers at ${origin}; is it running? Start it with: ncmgr start`,
  ENOTFOUND: ({ hostname }, { address }) => `the host ${hostname} is not known; check ${address}`,
  EAI_AGAIN: ({ hostname }) => `the name ${hostname} cannot be looked up now; try again`,
  EHOSTUNREACH: ({ origin }) => `there is no route to ${origin}`,
  EPROTO: notSecure,
  ERR_SSL_WRONG_VERSION_NUMBER: notSecure,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: selfSigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: selfSigned,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: selfSigned,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ hostname, origin }) =>
    `the certificate of ${origin} is not for the name ${hostname}; use a name that it holds, or --insecure`,
  CERT_HAS_EXPIRED: ({ origin }) => `the certificate of ${origin} has expired; --insecure accepts it nevertheless`,
}

function notSecure({ origin, host }: URL, { address }: Wording): string {
  return `${origin} does not speak HTTPS; set ${address}=http://${host}`
}

function selfSigned({ origin }: URL, { insecure }: Wording): string {
  return (
    `the certificate of ${origin} is signed by nobody whom this machine trusts; name its file in NODE_EXTRA_CA_CERTS, ` +
    `set YARDMASTER_DATA if the server is yours, or accept it unseen with --insecure (${insecure})`
  )
}

function unreachable(url: URL, error: Error, wording: Wording): UnreachableError {
  const code = systemCodeOf(error) ?? ''
  const sentence = SENTENCES[code]
  if (sentence) return new UnreachableError(sentence(url, wording), false)
  return new UnreachableError(`the connection to ${url.origin} failed: ${error.message}`, true)
}
