/** The Hub's door with real movers over real files: the seed's commands as printed, what they do to files, and what kills leave. */

import { execFile, execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startYard, YARDMASTER, type Yard } from '../support/yard.ts'

const PATIENCE = { timeout: 90_000, interval: 100 }
const PASSWORD = 'a-long-password'
const USER = userInfo().username

let folder: string
let yard: Yard
let hub: string
let access: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-'))
  for (const name of ['data', 'mmfs1/data', 'other', 'bucket']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'data/yardmaster.toml'), `${siteAt('dfoster1', 'mmfs1')}${siteAt('site2', 'other')}`)
  await start()
  execFileSync(YARDMASTER, ['user', 'passwd', USER, '--data', yard.dataDir, '--password-stdin'], { input: PASSWORD })
  access = (await post<{ access: string }>('/api/auth/token/', { username: USER, password: PASSWORD }, {})).access
}, 120_000)
afterAll(async () => {
  await yard?.remove()
  rmSync(folder, { recursive: true, force: true })
})

function siteAt(name: string, root: string): string {
  const path = JSON.stringify(join(folder, root))
  const target = `{ name = "bucket", type = "disk", path = ${JSON.stringify(join(folder, 'bucket'))}, below = ${path} }`
  return `[[sites]]\nname = "${name}"\nroots = [${path}]\ntargets = [${target}]\nthreads = 2\n`
}

async function start(): Promise<void> {
  yard = await startYard({ dataDir: join(folder, 'data') })
  hub = yard.hubUrl
}

async function post<Answer>(path: string, body: unknown, headers: Record<string, string> = bearer()): Promise<Answer> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
  const response = await fetch(`${hub}${path}`, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  return JSON.parse(text)
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${hub}${path}`, { headers: bearer() })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

const bearer = () => ({ authorization: `Bearer ${access}` })

interface Job {
  id: number
  type: string
  state: string
  stats: Record<string, number>
}

async function run(workflow: string, paths: readonly string[], more: object = {}): Promise<Job> {
  const { id } = await post<Job>('/api/file/workflow/', { paths, site: 'dfoster1', workflow, discovery: null, ...more })
  return over(id)
}

async function over(id: number): Promise<Job> {
  return vi.waitFor(async () => {
    const job = await get<Job>(`/api/jobs/${id}/`)
    expect(['SUCCESS', 'FAILURE', 'ERROR', 'CANCELLED', 'SKIPPED']).toContain(job.state)
    return job
  }, PATIENCE)
}

function file(name: string, content: Buffer | string = randomBytes(100_000)): string {
  const path = join(folder, 'mmfs1/data', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

const sum = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const residentBytes = (path: string) => statSync(path).blocks * 512

describe("the seed's commands", () => {
  /** As printed, with this server instead of the page's, and with an answer instead of jq's picture of it. */
  async function curl(words: string): Promise<unknown> {
    const command = words
      .replaceAll(/http:\/\/(localhost:8000|example\.com)/g, hub)
      .replaceAll('/mmfs1', `${folder}/mmfs1`)
    const { stdout } = await promisify(execFile)('sh', ['-c', command])
    return JSON.parse(stdout)
  }
  const JSON_HEADERS = "-H 'Accept: application/json' -H 'Content-Type: application/json'"

  test('get tokens, a client key, the list of jobs, and migrate a file', async () => {
    const sample = file('sample_data.tgz')
    const before = sum(sample)
    const tokens = (await curl(
      `curl -s -X POST 'http://localhost:8000/api/auth/token/' ${JSON_HEADERS} -d '{"username": "${USER}", "password": "${PASSWORD}"}'`,
    )) as { access: string; refresh: string }
    expect(Object.keys(tokens)).toEqual(['access', 'refresh'])
    const renewed = await curl(
      `curl -s -X POST 'http://localhost:8000/api/auth/token/refresh/' ${JSON_HEADERS} -d '{"refresh": "${tokens.refresh}"}'`,
    )
    expect(renewed).toEqual({ access: expect.any(String) })
    const key = (await curl(
      `curl -s -X POST 'http://localhost:8000/api/auth/clientkeys/' ${JSON_HEADERS} -H "Authorization: Bearer ${tokens.access}" -d '{"name": "my_automation_key"}'`,
    )) as { api_key: string; url: string }
    expect(key).toMatchObject({ url: `${hub}/api/auth/clientkeys/1/`, id: 1, name: 'my_automation_key' })
    const list = `curl -s -X GET 'http://localhost:8000/api/jobs/' ${JSON_HEADERS} -H "Authorization: Api-Key ${key.api_key}"`
    expect(await curl(list)).toEqual({
      count: 0,
      next: null,
      previous: null,
      results: [],
      stats: {
        type: { migrate: 0, premigrate: 0, recall: 0 },
        state: { SUCCESS: 0, FAILURE: 0, STARTED: 0, PENDING: 0, ERROR: 0 },
        created: {},
        site: {},
      },
    })
    const submitted = (await curl(
      `curl -s -X POST 'http://example.com/api/file/workflow/' ${JSON_HEADERS} -H "Authorization: Api-Key ${key.api_key}" -d '{"paths": ["/mmfs1/data/sample_data.tgz"], "site": "dfoster1", "workflow": "migrate", "discovery": null}'`,
    )) as { id: number; url: string }
    expect(submitted.url).toBe(`${hub}/api/jobs/${submitted.id}/`)
    expect(await over(submitted.id)).toMatchObject({ state: 'SUCCESS', type: 'migrate', stats: { processed: 1 } })
    expect(statSync(sample).size).toBe(100_000)
    expect(residentBytes(sample)).toBe(0)
    expect(await run('recall', [sample])).toMatchObject({ state: 'SUCCESS' })
    expect(sum(sample)).toBe(before)
    expect(await curl(list)).toMatchObject({
      count: 2,
      stats: { type: { migrate: 1, recall: 1 }, site: { dfoster1: 2 } },
    })
  }, 120_000)

  test('a POST without its slash is sent to the form with it, and is no job', async () => {
    const { count } = await get<{ count: number }>('/api/jobs/')
    const init = { method: 'POST', headers: bearer(), body: '{}', redirect: 'manual' } as const
    const response = await fetch(`${hub}/api/file/workflow`, init)
    expect([response.status, response.headers.get('location')]).toEqual([301, '/api/file/workflow/'])
    expect(await get('/api/jobs/')).toMatchObject({ count })
  })
})

describe('a tree', () => {
  test('is walked, migrated, sent to another site and read there', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `tree/${index % 7}/file ${index} ü.dat`)
    const sums = new Map(names.map((name) => [name, sum(file(name, randomBytes(2000 + name.length)))]))
    const root = join(folder, 'mmfs1/data/tree')
    const sent = await run('send', [root], {
      discovery: 'recursive',
      fields: { destinationsite: 'site2', hydrate: true },
    })
    expect(sent.state).toBe('SUCCESS')
    for (const [name, expected] of sums) expect(sum(join(folder, 'other/data', name)), name).toBe(expected)

    expect(await run('migrate', [root], { discovery: 'recursive' })).toMatchObject({ state: 'SUCCESS' })
    for (const name of names) expect(residentBytes(join(folder, 'mmfs1/data', name)), name).toBe(0)
    expect(await run('recall', [root], { discovery: 'recursive' })).toMatchObject({ state: 'SUCCESS' })
    for (const [name, expected] of sums) expect(sum(join(folder, 'mmfs1/data', name)), name).toBe(expected)
  }, 180_000)

  test('shows as jobs of the queue and in the record of jobs', async () => {
    const headers = { authorization: `Bearer ${yard.tokenFor('onlooker')}` }
    const listed = await fetch(`${yard.url}/api/v3/query?select=id,tool,statusnc&from=jobs`, { headers })
    expect(await listed.text()).toContain('dynamo.tasks.migrate')
    const admin = (...words: string[]) =>
      execFileSync(YARDMASTER, [...words, '--data', yard.dataDir], { encoding: 'utf8' })
    admin('user', 'add', 'reader', '--role', 'api', '--no-password')
    const records = await fetch(`${yard.cockpitUrl}/api/jobs/?job-name=hub`, {
      headers: { 'X-Auth-Token': admin('token', 'reader').trim() },
    })
    expect(await records.json()).toMatchObject({
      jobs: expect.arrayContaining([expect.objectContaining({ user: USER })]),
    })
  })
})

test('what cannot be moved is told path by path, and the rest goes on', async () => {
  const good = file('mixed/good.dat')
  const job = await run('migrate', [good, join(folder, 'mmfs1/data/mixed/missing.dat')])
  expect(job).toMatchObject({ state: 'ERROR', stats: { processed: 1, failed: 1 } })
  const { results } = await get<{ results: { id: number }[] }>(`/api/jobs/${job.id}/tasks/`)
  const task = await get<{ paths: { path: string; state: string; message: string }[] }>(`/api/tasks/${results[0]!.id}/`)
  expect(task.paths).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: good, state: 'processed' }),
      expect.objectContaining({ state: 'failed', message: expect.stringMatching(/missing\.dat|no such file/i) }),
    ]),
  )
})

test('a path outside the roots is refused, however it is written', async () => {
  for (const path of ['/etc/passwd', `${folder}/mmfs1/../data/yardmaster.db`, 'relative']) {
    const body = { paths: [path], site: 'dfoster1', workflow: 'migrate', discovery: null }
    const response = await fetch(`${hub}/api/file/workflow/`, {
      method: 'POST',
      headers: { ...bearer(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status, path).toBe(400)
    expect(await response.json()).toHaveProperty('paths')
  }
  expect(existsSync(join(folder, 'bucket/etc'))).toBe(false)
})

test('a server that is killed in the midst of a run ends it after its return, with every file whole', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `killed/${index}.dat`)
  const sums = new Map(names.map((name) => [name, sum(file(name, randomBytes(20_000)))]))
  const root = join(folder, 'mmfs1/data/killed')
  const body = { paths: [root], site: 'dfoster1', workflow: 'migrate', discovery: 'recursive' }
  const { id } = await post<Job>('/api/file/workflow/', body)
  await yard.stop('SIGKILL')
  await start()
  expect(await over(id)).toMatchObject({ state: 'SUCCESS', stats: { failed: 0 } })
  expect(readdirSync(root)).toHaveLength(300)
  expect(await run('recall', [root], { discovery: 'recursive' })).toMatchObject({ state: 'SUCCESS' })
  for (const [name, expected] of sums) expect(sum(join(folder, 'mmfs1/data', name)), name).toBe(expected)
}, 240_000)
