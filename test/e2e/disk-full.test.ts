/** A disk without room: writers hear it, readers and running jobs go on, and writing resumes by itself. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeFolder } from '../support/folder.ts'
import { mountSmallDisk, unmount } from '../support/small-disk.ts'
import { aJob, ask, startYard, submit, type Yard } from '../support/yard.ts'

const DISK_MB = 24
const PATIENCE_MS = 30_000

const disk = makeFolder()
const isMounted = mountSmallDisk(disk, `${DISK_MB}m`)
let yard: Yard

beforeAll(async () => {
  if (!isMounted) return
  const dataDir = join(disk, 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  yard = await startYard({ dataDir })
})

afterAll(async () => {
  await yard?.remove()
  if (isMounted) unmount(disk)
  rmSync(disk, { recursive: true, force: true })
})

function fill(): void {
  for (let part = 0; ; part += 1) {
    const { bavail, bsize } = statfsSync(disk)
    if (bavail === 0) return
    try {
      writeFileSync(join(disk, `filler.${part}`), Buffer.alloc(Math.min(bavail * bsize, 1 << 20)))
    } catch {
      return
    }
  }
}

function makeRoom(): void {
  execFileSync('sh', ['-c', `rm -f ${disk}/filler.*`])
}

async function fieldsOf(id: number): Promise<unknown> {
  const answer = await ask(yard, `/api/v3/query?select=statusnc,exitstatus&from=jobs&where=idint%3D%3D${id}`)
  return (answer as { rows: unknown[] }).rows[0]
}

test.skipIf(!isMounted)(
  `when the disk of ${DISK_MB} MB is full, submissions get 503 with the reason, and all goes on when there is room`,
  { timeout: 120_000 },
  async () => {
    const running = await submit(yard, aJob({ command: 'sleep 3; exit 4' }))
    await vi.waitFor(async () => expect(await fieldsOf(running.jobid!)).toEqual(['Running', -1]), PATIENCE_MS)
    fill()
    const refused = await vi.waitFor(async () => {
      const attempt = await submit(yard, aJob())
      expect(attempt.status).toBe(503)
      return attempt
    }, PATIENCE_MS)
    expect(refused.error).toMatch(/nothing was stored: .*(full|disk)/i)
    expect(await fieldsOf(running.jobid!)).toBeDefined()
    makeRoom()
    await vi.waitFor(async () => expect((await submit(yard, aJob())).status).toBe(201), PATIENCE_MS)
    await vi.waitFor(async () => expect(await fieldsOf(running.jobid!)).toEqual(['Failed', 4]), PATIENCE_MS)
  },
)

if (!isMounted) console.warn('disk-full.test.ts is skipped: it takes root and the right to mount a small disk')
