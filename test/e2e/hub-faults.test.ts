/** A real server whose bucket misbehaves: what the job's page says of each path, and that the next run completes. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Fault, type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts'
import { hasS3Server, type S3Server, startS3Server } from '../support/s3-server.ts'
import { startYard, YARDMASTER, type Yard } from '../support/yard.ts'

const PASSWORD = 'a-long-password'
const USER = userInfo().username
const TEXT = 'some text '.repeat(1000)

let folder: string
let server: S3Server
let proxy: FaultyProxy
let yard: Yard
let access: string

beforeAll(async () => {
  if (!hasS3Server()) return
  folder = mkdtempSync(join(tmpdir(), 'hub-faults-'))
  server = await startS3Server()
  proxy = await startFaultyProxy(server.port)
  for (const name of ['data', 'site']) mkdirSync(join(folder, name))
  const { accessKeyId, secretAccessKey } = server.keys
  const keys = `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
  writeFileSync(join(folder, 's3.ini'), keys)
  const [root, credentials] = [join(folder, 'site'), join(folder, 's3.ini')].map((path) => JSON.stringify(path))
  const where = `bucket = "${server.bucket}", endpoint = "${proxy.endpoint}", credentials = ${credentials}`
  const target = `{ name = "bucket", type = "s3", ${where}, below = ${root} }`
  const site = `[[sites]]\nname = "one"\nroots = [${root}]\ntargets = [${target}]\n`
  writeFileSync(join(folder, 'data/yardmaster.toml'), site)
  yard = await startYard({ dataDir: join(folder, 'data') })
  execFileSync(YARDMASTER, ['user', 'passwd', USER, '--data', yard.dataDir, '--password-stdin'], { input: PASSWORD })
  access = (await call<{ access: string }>('/api/auth/token/', { username: USER, password: PASSWORD })).access
}, 120_000)
afterAll(async () => {
  await yard?.remove()
  await proxy?.close()
  await server?.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

async function call<Answer>(path: string, body?: unknown): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    ...(access === undefined ? {} : { authorization: `Bearer ${access}` }),
  }
  const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(`${yard.hubUrl}${path}`, init)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

/** Its state at the end, and what its page says of its only path. */
async function run(workflow: string, path: string): Promise<[string, string]> {
  const { id } = await call<{ id: number }>('/api/file/workflow/', {
    ...{ paths: [path], site: 'one', workflow, discovery: null },
  })
  const state = await vi.waitFor(
    async () => {
      const job = await call<{ state: string }>(`/api/jobs/${id}/`)
      expect(job.state).toMatch(/SUCCESS|ERROR|FAILURE/)
      return job.state
    },
    { timeout: 60_000, interval: 100 },
  )
  const { results } = await call<{ results: { id: number }[] }>(`/api/jobs/${id}/tasks/`)
  const task = await call<{ paths: { message: string }[] }>(`/api/tasks/${results.at(-1)!.id}/`)
  return [state, task.paths[0]!.message]
}

const isGet = ({ method }: { method?: string | undefined }) => method === 'GET'
const isPut = ({ method }: { method?: string | undefined }) => method === 'PUT'

const FAULTS: [string, string, Fault, RegExp][] = [
  [
    'refuses',
    'migrate',
    { kind: 'status', status: 403, code: 'AccessDenied', hits: isPut },
    /^storing \S+ in s3:archive: these credentials may not do that/,
  ],
  ['fails', 'migrate', { kind: 'status', status: 500 }, /s3:archive: the server answers 500/],
  [
    'cuts connections',
    'migrate',
    { kind: 'cut', side: 'request', afterBytes: 100, hits: isPut },
    /s3:archive: the connection was cut/,
  ],
  [
    'gets damaged bytes',
    'migrate',
    { kind: 'corrupt', side: 'request', atByte: 100, hits: isPut },
    /what arrived at the server was damaged/,
  ],
  [
    'gives damaged bytes',
    'recall',
    { kind: 'corrupt', side: 'answer', atByte: 100, hits: isGet },
    /it is as before: reading \S+ from s3:archive: what arrived is damaged \(checksum mismatch\)/,
  ],
  [
    'fails',
    'recall',
    { kind: 'status', status: 503, hits: isGet },
    /it is as before: reading \S+ from s3:archive: the server answers 503/,
  ],
]

describe.skipIf(!hasS3Server())('a bucket that', () => {
  test.each(FAULTS)(
    '%s while it is to %s shows at the path, and the next run completes',
    { timeout: 120_000 },
    async (name, workflow, fault, message) => {
      const path = join(folder, 'site', `${name} ${workflow}`.replaceAll(' ', '-'))
      writeFileSync(path, TEXT)
      proxy.inject()
      if (workflow === 'recall') expect(await run('migrate', path)).toEqual(['SUCCESS', ''])
      const before = statSync(path)
      proxy.inject(fault)
      expect(await run(workflow, path)).toEqual(['ERROR', expect.stringMatching(message)])
      expect([statSync(path).blocks, statSync(path).ino]).toEqual([before.blocks, before.ino])
      proxy.inject()
      expect(await run(workflow, path)).toEqual(['SUCCESS', ''])
      if (workflow === 'migrate') expect(await run('recall', path)).toEqual(['SUCCESS', ''])
      expect(readFileSync(path, 'utf8')).toBe(TEXT)
    },
  )
})
