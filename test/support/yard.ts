/** A real server in a process of its own, for end-to-end tests and measurements. */

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const ROOT = resolve(import.meta.dirname, '../..')
export const YARDMASTER = join(ROOT, 'bin/yardmaster')
const READY_LIMIT_MS = 120_000

export interface Yard {
  url: string
  /** Of the record's door. */
  cockpitUrl: string
  /** Of the workflows' door. */
  hubUrl: string
  token: string
  pid: number
  dataDir: string
  /** Milliseconds from the start of the process until it answered. */
  readyMs: number
  /** Resident memory of the server process, in MB. */
  residentMb(): number
  /** A token of an account that is made for it. */
  tokenFor(user: string): string
  /** Ends the server; its jobs and data stay. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Ends everything and removes the data. */
  remove(): Promise<void>
}

export interface YardOptions {
  /** That of an earlier server, or absent for a new one. */
  dataDir?: string
  /** Port 0 takes a free one. */
  port?: number
  /** `KEY=VALUE` settings. */
  sets?: readonly string[]
}

export async function startYard({ dataDir = newDataDir(), port = 0, sets = [] }: YardOptions = {}): Promise<Yard> {
  const began = performance.now()
  const args = [
    'serve',
    '--data',
    dataDir,
    '--accelerator',
    `127.0.0.1:${port}`,
    '--cockpit',
    '127.0.0.1:0',
    '--hub',
    '127.0.0.1:0',
    ...sets.flatMap((set) => ['--set', set]),
  ]
  const child = spawn(YARDMASTER, args, { stdio: 'ignore' })
  const gone = new Promise<void>((settle) => child.once('exit', () => settle()))
  const { pid, url, cockpitUrl, hubUrl } = await ready(dataDir, child.pid!)
  const readyMs = performance.now() - began
  const tokenOf = (user: string) =>
    execFileSync(YARDMASTER, ['token', user, '--data', dataDir], { encoding: 'utf8' }).trim()
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await gone
  }
  return {
    url,
    cockpitUrl,
    hubUrl,
    token: tokenOf(userInfo().username),
    tokenFor(user) {
      execFileSync(YARDMASTER, ['user', 'add', user, '--data', dataDir, '--password-stdin'], {
        input: 'a-long-password\n',
      })
      return tokenOf(user)
    },
    pid,
    dataDir,
    readyMs,
    residentMb: () => residentMb(pid),
    stop,
    async remove() {
      await stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'yard-'))
}

async function ready(dataDir: string, pid: number): Promise<Pick<Yard, 'pid' | 'url' | 'cockpitUrl' | 'hubUrl'>> {
  const file = join(dataDir, 'server.json')
  for (const limit = performance.now() + READY_LIMIT_MS; performance.now() < limit; await delay(5)) {
    if (!existsSync(file)) continue
    const announced = JSON.parse(readFileSync(file, 'utf8'))
    const { accelerator, cockpit, hub } = announced.urls ?? {}
    if (announced.pid === pid) return { pid, url: accelerator, cockpitUrl: cockpit, hubUrl: hub }
  }
  throw new Error(`no server was ready in ${dataDir} after ${READY_LIMIT_MS / 1000} s`)
}

function residentMb(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return Number(kib) / 1024
}

/** One request; the parsed answer. As any client, it comes again when a busy server tells it to. */
export async function ask(yard: Pick<Yard, 'url' | 'token'>, path: string, body?: unknown): Promise<unknown> {
  const headers = { authorization: `Bearer ${yard.token}`, ...(body ? { 'content-type': 'application/json' } : {}) }
  const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
  const response = await fetch(`${yard.url}${path}`, init)
  const retryAfterS = response.headers.get('retry-after')
  if (response.status === 503 && retryAfterS !== null) {
    await delay(Number(retryAfterS) * 1000)
    return ask(yard, path, body)
  }
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

export interface SubmitAnswer {
  status: number
  jobid?: number
  error?: string
}

/** A submission, whatever comes of it. */
export async function submit(yard: Pick<Yard, 'url' | 'token'>, job: unknown): Promise<SubmitAnswer> {
  const headers = { authorization: `Bearer ${yard.token}`, 'content-type': 'application/json' }
  const response = await fetch(`${yard.url}/api/v3/jobs`, { method: 'POST', headers, body: JSON.stringify(job) })
  return { status: response.status, ...((await response.json()) as object) }
}

let logs = 0

export function aJob(changes: Record<string, unknown> = {}): Record<string, unknown> {
  logs += 1
  return { command: '/bin/true', rundir: tmpdir(), logfile: `${LOGS}/${process.pid}.${logs}`, env: 'BASE', ...changes }
}

/** In memory where possible: a disk's file system makes files slowly for a minute after many were removed, as tests do. */
const LOGS = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'yard-logs-'))
process.on('exit', () => rmSync(LOGS, { recursive: true, force: true }))

/** How many jobs stand in each state, by STATUSNC. */
export async function countStates(yard: Yard): Promise<Record<string, number>> {
  const answer = (await ask(yard, '/api/v3/query?select=statusnc,jobs&from=states')) as { rows?: [string, number][] }
  return Object.fromEntries(answer.rows ?? [])
}
