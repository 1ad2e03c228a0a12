/** Pausing, resuming and cancelling over the Hub's door, with movers that a limit of bandwidth makes slow. */

import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startYard, YARDMASTER, type Yard } from '../support/yard.ts'

const PATIENCE = { timeout: 90_000, interval: 50 }
const PASSWORD = 'a-long-password'
/** 5 MB a second. */
const MEGABITS = 40

let folder: string
let yard: Yard
let access: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-steering-'))
  for (const name of ['data', 'root', 'bucket']) mkdirSync(join(folder, name))
  const [root, bucket] = ['root', 'bucket'].map((name) => JSON.stringify(join(folder, name)))
  const target = `{ name = "bucket", type = "disk", path = ${bucket}, below = ${root} }`
  const site = `[[sites]]\nname = "one"\nroots = [${root}]\ntargets = [${target}]\nthreads = 2\nbandwidth = ${MEGABITS}\n`
  writeFileSync(join(folder, 'data/yardmaster.toml'), site)
  yard = await startYard({ dataDir: join(folder, 'data') })
  const { username } = userInfo()
  execFileSync(YARDMASTER, ['user', 'passwd', username, '--data', yard.dataDir, '--password-stdin'], {
    input: PASSWORD,
  })
  access = (await ask<{ access: string }>('POST', '/auth/token/', { username, password: PASSWORD })).access
}, 120_000)
afterAll(async () => {
  await yard?.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(access && { authorization: `Bearer ${access}` }) }
  const response = await fetch(`${yard.hubUrl}/api${path}`, { method, headers, body: JSON.stringify(body) ?? null })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text)
}

interface Job {
  id: number
  state: string
  moved_bytes: number
  stats: Record<string, number>
  tasks: { state: Record<string, number> }
}

const job = (id: number) => ask<Job>('GET', `/jobs/${id}/`)
const steer = (id: number, action: string) => ask<Job>('POST', `/jobs/${id}/${action}/`)
const until = (id: number, is: (one: Job) => boolean) =>
  vi.waitFor(async () => {
    const now = await job(id)
    if (!is(now)) throw new Error(JSON.stringify(now))
    return now
  }, PATIENCE)
const untilState = (id: number, state: string) => until(id, (now) => now.state === state)
const migrate = (path: string) =>
  ask<Job>('POST', '/file/workflow/', { paths: [path], site: 'one', workflow: 'migrate', discovery: 'recursive' })

/** Sums by path below the root. */
function plant(below: string, count: number, sizeBytes: number): Map<string, string> {
  mkdirSync(join(folder, 'root', below))
  const names = Array.from({ length: count }, (_, index) => join(below, `f${index}`))
  return new Map(
    names.map((name) => {
      const bytes = randomBytes(sizeBytes)
      writeFileSync(join(folder, 'root', name), bytes)
      return [name, sumOf(bytes)]
    }),
  )
}

const sumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

function expectMigrated(sums: ReadonlyMap<string, string>): void {
  for (const [name, sum] of sums) {
    // Its attributes may take a block.
    expect(statSync(join(folder, 'root', name)).blocks, name).toBeLessThanOrEqual(8)
    expect(sumOf(readFileSync(join(folder, 'bucket', name))), name).toBe(sum)
  }
}

test.each([
  { of: 'many batches', below: 'many', count: 2500, sizeBytes: 12_000 },
  { of: 'one batch of slow files', below: 'slow', count: 14, sizeBytes: 2_000_000 },
])(
  'a job of $of is paused in its midst and goes on to its end',
  async ({ below, count, sizeBytes }) => {
    const sums = plant(below, count, sizeBytes)
    const { id } = await migrate(join(folder, 'root', below))
    await until(id, ({ moved_bytes }) => moved_bytes > 0)
    expect(await steer(id, 'pause')).toMatchObject({ state: 'PAUSING' })
    const paused = await untilState(id, 'PAUSED')
    const { processed = 0, ...others } = paused.stats
    expect(processed).toBeLessThan(count)
    expect(paused.moved_bytes).toBe(processed * sizeBytes)
    expect(others).toMatchObject({ skipped: 0, aborted: 0, failed: 0 })
    expect(paused.tasks.state).not.toHaveProperty('STARTED')
    await expect(steer(id, 'pause')).rejects.toThrow('400 {"detail":"Cannot pause a job in state PAUSED."}')
    expect(await steer(id, 'resume')).toMatchObject({ state: 'STARTED' })
    expect(await untilState(id, 'SUCCESS')).toMatchObject({
      moved_bytes: count * sizeBytes,
      stats: { discovered: count, processed: count, skipped: 0, aborted: 0, failed: 0 },
    })
    expectMigrated(sums)
  },
  120_000,
)

test('a cancel in the midst of a large file ends it at once, and leaves the file whole and no object', async () => {
  const sums = plant('large', 1, 80_000_000)
  const { id } = await migrate(join(folder, 'root/large'))
  await until(id, ({ moved_bytes }) => moved_bytes > 6_000_000)
  const began = performance.now()
  await steer(id, 'cancel')
  expect(await untilState(id, 'CANCELLED')).toMatchObject({ stats: { processed: 0, aborted: 1, failed: 0 } })
  // All of it takes 16 s.
  expect(performance.now() - began).toBeLessThan(8000)
  for (const [name, sum] of sums) expect(sumOf(readFileSync(join(folder, 'root', name)))).toBe(sum)
  const inBucket = readdirSync(join(folder, 'bucket'), { recursive: true, encoding: 'utf8' })
  expect(inBucket.filter((name) => /large\/|partial/.test(name))).toEqual([])
  const { results } = await ask<{ results: { id: number; state: string }[] }>('GET', `/jobs/${id}/tasks/`)
  const task = results.find(({ state }) => state === 'CANCELLED')
  expect(await ask('GET', `/tasks/${task!.id}/paths/`)).toMatchObject({
    results: [{ state: 'aborted', message: expect.stringContaining('stopped before') }],
  })
}, 120_000)
