/** Requests that no client of ours would send, drawn at random: each dialect's `malformed.test.ts` says where they go. */

import fc from 'fast-check'
import type { LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'

export const RUNS = process.env.YARDMASTER_SOAK ? 20_000 : 1_000
export const TIMEOUT_MS = RUNS * 30 + 60_000

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof METHODS)[number]

export interface Target {
  method: Method
  path: string
  /** Not sent where the method has none. */
  body: string
}

/** Names that every object has, injections, what is no text, and numbers that do not fit. */
const HOSTILE = [
  'constructor',
  'toString',
  '__proto__',
  'hasOwnProperty',
  "' OR 1=1 --",
  '../../etc/passwd',
  '$(reboot)',
  '%00',
  '\0',
  '\ud800',
  '\udcff',
  'a\r\nX: y',
  '(((',
  '{{',
  '𝄞',
  '-1',
  '1e999',
  '9'.repeat(400),
  '-9223372036854775808',
]

export const word = fc.oneof(fc.string(), fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 20 }))

/** Nine times of ten the first. */
export function often<A, B>(first: fc.Arbitrary<A>, second: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ arbitrary: first, weight: 9 }, { arbitrary: second, weight: 1 })
}

/** What has no encoding becomes an escape that is none. */
export function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ff%zz'
}

/** `name=value&…`, which is also what a form sends. */
export function pairs(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(name, value), { maxLength: most })
    .map((drawn) => drawn.map(([key, given]) => `${encode(key)}=${encode(given)}`).join('&'))
}

export function segments(each: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> {
  return fc.array(each, { maxLength: most }).map((parts) => parts.map(encode).join('/'))
}

interface Requests {
  target: fc.Arbitrary<Target>
  query: fc.Arbitrary<string>
  headers: fc.Arbitrary<Record<string, string>>
}

interface Call {
  as: null
  headers: Record<string, string>
  body?: string
}

interface Plan extends Requests {
  call(method: Method, path: string, call: Call): Promise<LightMyRequestResponse>
  /** Expects what the dialect says of its refusals; asked for statuses from 400 that have a body. */
  judge(refusal: LightMyRequestResponse, path: string): void
}

/** Sends `RUNS` of them, each answered below 500; answers how often each status came. */
export async function sendAll({ target, query, headers, call, judge }: Plan): Promise<(status: number) => number> {
  const statuses = new Map<number, number>()
  const property = fc.asyncProperty(target, query, headers, async ({ method, path, body }, search, sent) => {
    const bare = method === 'GET' || method === 'HEAD'
    const url = search === '' ? path : `${path}?${search}`
    const answer = await call(method, url, { as: null, headers: sent, ...(!bare && { body }) })
    const { statusCode } = answer
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
    expect([statusCode < 500, answer.body.slice(0, 200)]).toEqual([true, expect.anything()])
    if (statusCode >= 400 && method !== 'HEAD') judge(answer, url)
  })
  await fc.assert(property, { numRuns: RUNS })
  return (status) => statuses.get(status) ?? 0
}
