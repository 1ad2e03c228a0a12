/** A person signed in at a server: requests carry the kept token, and a password is asked for only when that is refused. */

import type { IncomingMessage } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { UserError } from '../failure.ts'
import type { HttpClient } from './http-client.ts'
import type { TokenFile } from './token-file.ts'

/** The server refused; the message is its own sentence. */
export class RefusedError extends UserError {
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v3`, beginning with a slash. */
  path: string
  query?: Record<string, string | undefined>
  body?: unknown
  headers?: Record<string, string>
}

export interface SessionParts {
  url: string
  user: string
  http: HttpClient
  tokens: TokenFile
  /** A token or a password for `attempt` 1, 2, ...; undefined when there is no (other) way. */
  credentials(attempt: number): Promise<{ password: string } | { token: string; expiresAt: number } | undefined>
  now(): number
}

const ATTEMPTS = 3
/** A token that ends within this time counts as ended. */
const MARGIN_MS = 30_000

export class Session {
  readonly url: string
  readonly user: string
  private readonly parts: SessionParts
  private token: string | undefined
  private signingIn: Promise<string> | undefined

  constructor(parts: SessionParts) {
    this.parts = parts
    this.url = parts.url
    this.user = parts.user
  }

  /** The parsed answer. @throws RefusedError with the server's sentence, UnreachableError */
  async call<Answer = unknown>(call: Call): Promise<Answer> {
    const answer = await this.open(call)
    const text = await textOf(answer)
    return (text ? JSON.parse(text) : undefined) as Answer
  }

  /** The answer as a stream, once its status is good. */
  async open(call: Call): Promise<IncomingMessage> {
    const token = await this.currentToken()
    const first = await this.send(call, token)
    if (first.statusCode !== 401) return accept(first)
    first.resume()
    return accept(await this.send(call, await this.renew(token)))
  }

  /** Signs in anew, whatever is kept. */
  signIn(): Promise<string> {
    this.signingIn ??= this.obtain().finally(() => {
      this.signingIn = undefined
    })
    return this.signingIn
  }

  private async currentToken(): Promise<string> {
    if (this.token) return this.token
    const kept = await this.parts.tokens.get(this.url, this.user)
    const fresh = kept && kept.expiresAt - MARGIN_MS > this.parts.now() ? kept.token : undefined
    this.token = fresh ?? (await this.signIn())
    return this.token
  }

  /** Another request may have renewed the token in the meantime. */
  private async renew(refused: string): Promise<string> {
    if (this.token !== refused && this.token) return this.token
    this.token = undefined
    this.token = await this.signIn()
    return this.token
  }

  private async obtain(): Promise<string> {
    let refusal: RefusedError | undefined
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const given = await this.parts.credentials(attempt)
      if (!given) break
      if ('token' in given) return this.keep(given.token, given.expiresAt)
      const { status, text } = await this.askForToken(given.password)
      if (status < 300) return this.keep(...tokenIn(text, this.parts.now()))
      refusal = new RefusedError(sentenceOf(text, status), status)
      if (status !== 401) break
    }
    throw refusal ?? new UserError(howToSignIn(this.url, this.user))
  }

  private askForToken(password: string) {
    const body = new URLSearchParams({ username: this.user, password }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.parts.http.send({ method: 'POST', url: new URL('/api/v3/token', this.url), headers, body })
  }

  private async keep(token: string, expiresAt: number): Promise<string> {
    this.token = token
    await this.parts.tokens.put(this.url, this.user, { token, expiresAt })
    return token
  }

  private send({ method, path, query = {}, body, headers = {} }: Call, token: string): Promise<IncomingMessage> {
    const url = new URL(`/api/v3${path}`, this.url)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
    const all: Record<string, string> = { authorization: `Bearer ${token}`, ...headers }
    if (body === undefined) return this.parts.http.open({ method, url, headers: all })
    all['content-type'] = 'application/json'
    return this.parts.http.open({ method, url, headers: all, body: JSON.stringify(body) })
  }
}

function tokenIn(text: string, now: number): [string, number] {
  const { access_token, expires_in = 0 } = JSON.parse(text)
  return [access_token, now + expires_in * 1000]
}

async function accept(answer: IncomingMessage): Promise<IncomingMessage> {
  const status = answer.statusCode ?? 0
  if (status < 300) return answer
  throw new RefusedError(sentenceOf(await textOf(answer), status), status)
}

/** The server's own sentence, or what the status says when another program answered. */
function sentenceOf(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text)
    if (typeof error === 'string' && error) return error
  } catch {
    // Not ours: a proxy's page, perhaps.
  }
  return `the answer was HTTP ${status}; is this the address of a Yardmaster server?`
}

function howToSignIn(url: string, user: string): string {
  return (
    `not signed in at ${url} as ${user}, and there is no terminal to ask for the password on; ` +
    'run "nc login" once, or set NC_PASSWORD_FILE'
  )
}
