/** The names under which this host can be reached. */

import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'

const LOOKUP_LIMIT_MS = 2_000

/** What a certificate of this host should be good for, the most telling first; `httpName` and `bound` where given. */
export async function namesOfHost(httpName: string | null, bound = ''): Promise<string[]> {
  const names = [httpName ?? '', await fullName(), hostname(), bound, 'localhost', '127.0.0.1', '::1']
  const wildcards = ['', '0.0.0.0', '::']
  return [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => !wildcards.includes(name))
}

/** The host part of a URL for a door that is bound to `bound` (empty or a wildcard: all interfaces). */
export async function hostForUrl(httpName: string | null, bound: string): Promise<string> {
  const host = httpName ?? (isWildcard(bound) ? await ownName() : bound)
  return host.includes(':') ? `[${host}]` : host
}

function isWildcard(bound: string): boolean {
  return bound === '' || bound === '0.0.0.0' || bound === '::'
}

/** The host's name where it resolves, so that what is printed can be used. */
async function ownName(): Promise<string> {
  const name = hostname()
  const answer = await Promise.race([lookup(name).catch(() => undefined), tooLate()])
  return answer ? name : 'localhost'
}

function tooLate(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, LOOKUP_LIMIT_MS, undefined).unref())
}

/** What `hostname -f` prints; Node has no call that answers the canonical name. */
async function fullName(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('hostname', ['-f'], { timeout: LOOKUP_LIMIT_MS })
    return /^[A-Za-z0-9.-]{1,253}$/.test(stdout.trim()) ? stdout.trim() : ''
  } catch {
    return ''
  }
}
