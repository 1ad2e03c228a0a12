/** The Hub's API as a program uses it: values in, values out, refusals as sentences. */

import type { HttpClient } from '../../client/http-client.ts'
import { RefusedError } from '../../client/session.ts'
import { UserError } from '../../failure.ts'
import { isStranger, sentenceOf } from './refusal.ts'

export interface HubCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/`, with the slash at its end. */
  path: string
  query?: Readonly<Record<string, string | readonly string[] | undefined>>
  body?: unknown
}

export interface Hub {
  readonly url: string
  /** @throws RefusedError with what the hub says, UnreachableError */
  call<Answer>(call: HubCall): Promise<Answer>
  /** The rows of a list, page by page as they are read. */
  rows<Row>(path: string, query?: HubCall['query']): AsyncGenerator<Row>
}

export interface HubParts {
  url: string
  http: Pick<HttpClient, 'send'>
  authorization: string | undefined
}

const PAGE_SIZE = '100'
const RENEW = 'make another: ngclient authenticate -u USER'

export function createHub(parts: HubParts): Hub {
  const call = <Answer>(asked: HubCall) => ask<Answer>(parts, asked)
  return { url: parts.url, call, rows: (path, query = {}) => rowsOf(call, path, query) }
}

async function ask<Answer>({ url, http, authorization }: HubParts, call: HubCall): Promise<Answer> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const headers = {
    accept: 'application/json',
    ...(authorization && { authorization }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const { status, text } = await http.send({ method: call.method, url: addressOf(url, call), headers, body })
  if (status >= 200 && status < 300) return read<Answer>(text, url)
  const needsKey = authorization?.startsWith('Api-Key ') && isStranger(text, status)
  const sentence = needsKey ? `${url} does not take this client key; ${RENEW}` : sentenceOf(text, status, url)
  throw new RefusedError(sentence, status)
}

function addressOf(base: string, { path, query = {} }: HubCall): URL {
  const url = new URL(`${base}/api/${path}`)
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) url.searchParams.append(name, one)
  }
  return url
}

function read<Answer>(text: string, url: string): Answer {
  try {
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  } catch {
    throw new UserError(`${url} answered something that is not JSON; is this the address of a hub?`)
  }
}

interface Page<Row> {
  next: string | null
  results: Row[]
}

/** Pages are counted here: the addresses in the answer may lead past a proxy. */
async function* rowsOf<Row>(call: Hub['call'], path: string, query: HubCall['query']): AsyncGenerator<Row> {
  for (let page = 1; ; page += 1) {
    const asked = { page_size: PAGE_SIZE, ...query, page: String(page) }
    const { results, next } = await call<Page<Row>>({ method: 'GET', path, query: asked }).catch(lastPage(page))
    yield* results
    if (next === null || results.length === 0) return
  }
}

/** A list that became shorter while it was read has no such page any more. */
function lastPage(page: number) {
  return (error: unknown) => {
    if (page > 1 && error instanceof RefusedError && error.status === 404) return { results: [], next: null }
    throw error
  }
}
