/**
 * Premigration beside `rclone copy` with its defaults (4 transfers, 8 checkers), by turns over one tree that is made for
 * it. Ours goes through a mover and its workers, and what it says is done is durable, hashed and in the site's ledger;
 * rclone leaves the syncing to the kernel, so there is a second figure for it followed by `sync -f`.
 */

import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PathEntry } from '../src/workflow/path-entry.ts'
import type { Site, Target } from '../src/workflow/site.ts'
import type { StepOrder, TaskOrder } from '../src/workflow/task-order.ts'
import { hasS3Server, type S3Server, startS3Server } from '../test/support/s3-server.ts'
import { openCrew } from './mover-crew.ts'
import { perSecond, report } from './report.ts'

const FILES = Number(process.env.YARDMASTER_BENCH_MOVED ?? 100_000)
const LARGE_MB = Number(process.env.YARDMASTER_BENCH_LARGE_MB ?? 10_240)
const FOLDER_FILES = 1000
const FILE_BYTES = 4096
const BATCH = 1000
const WORKERS = 2
const SMALL_FLOOR = 1
const LARGE_FLOOR = 0.9
const MB = 1 << 20
const TURNS = Number(process.env.YARDMASTER_BENCH_TURNS ?? 2)

export async function benchMovers(): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'yardmaster-bench-'))
  try {
    if (!hasRclone()) return
    const root = join(place, 'tree')
    const small = makeTree(root)
    await compare({
      place,
      root,
      entries: small,
      name: `${FILES.toLocaleString('en')} files of 4 KiB`,
      floor: SMALL_FLOOR,
    })
    rmSync(root, { recursive: true })
    const large = makeLarge(root)
    const name = `one file of ${(LARGE_MB / 1024).toFixed(1)} GiB`
    await compareDisk({ place, root, entries: [large], name, floor: LARGE_FLOOR })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

interface Asked {
  place: string
  root: string
  entries: readonly PathEntry[]
  name: string
  floor: number
}

async function compare(asked: Asked): Promise<void> {
  await compareDisk(asked)
  if (!hasS3Server()) return
  const server = await startS3Server()
  try {
    await compareBucket(asked, server)
  } finally {
    await server.close()
  }
}

/** Each turn goes to a folder of its own, which is removed, and the disk left quiet, before the next. */
async function compareDisk(asked: Asked): Promise<void> {
  const { place, root } = asked
  const ours: number[] = []
  const theirs: { bare: number; synced: number }[] = []
  for (let turn = 0; turn < TURNS; turn += 1) {
    const bucket = join(place, `bucket-${turn}`)
    mkdirSync(bucket)
    ours.push(await premigrate(asked, turn, targetOf(root, { kind: 'disk', path: bucket })))
    clear(bucket)
    mkdirSync(bucket)
    const bare = timed(() => rclone(root, bucket))
    theirs.push({ bare, synced: bare + timed(() => sync(bucket)) })
    clear(bucket)
  }
  const mine = Math.min(...ours)
  const doing = `premigrate ${asked.name} to a directory, durable`
  tell(asked, doing, mine, ['rclone copy, not durable', Math.min(...theirs.map(({ bare }) => bare))])
  tell({ ...asked, floor: 0 }, doing, mine, [
    'rclone copy and sync -f',
    Math.min(...theirs.map(({ synced }) => synced)),
  ])
}

async function compareBucket(asked: Asked, server: S3Server): Promise<void> {
  const ours: number[] = []
  const theirs: number[] = []
  Object.assign(process.env, server.env)
  for (let turn = 0; turn < TURNS; turn += 1) {
    const [mine, others] = [`ours-${turn}`, `rclone-${turn}`]
    await server.makeBucket(mine)
    await server.makeBucket(others)
    const target = targetOf(asked.root, { kind: 's3', bucket: mine, prefix: '' })
    const s3 = { endpoint: server.endpoint, region: 'us-east-1', credentialsFile: null, pathStyle: true }
    ours.push(await premigrate(asked, turn, { ...target, s3 }))
    sync(asked.place)
    theirs.push(timed(() => rclone(asked.root, `bench:${others}`, rcloneRemote(server))))
    sync(asked.place)
  }
  const doing = `premigrate ${asked.name} to a bucket (versitygw, which syncs for neither)`
  tell(asked, doing, Math.min(...ours), ['rclone copy', Math.min(...theirs)])
}

function tell({ entries, floor }: Asked, question: string, ours: number, [name, theirs]: [string, number]): void {
  const rate = (ms: number) =>
    entries.length === 1
      ? `${Math.round((entries[0]!.sizeBytes / MB / ms) * 1000)} MiB/s`
      : perSecond((entries.length / ms) * 1000)
  const ratio = theirs / ours
  const kept = ratio >= floor
  report({
    question,
    ours: rate(ours),
    reference: `${name} ${rate(theirs)}`,
    ratio,
    floor: floor ? String(floor) : 'none',
    kept,
  })
}

/** From the first task that is given to the last that is stored; a mover and workers that just begin. */
async function premigrate({ place, root, entries }: Asked, turn: number, target: Target): Promise<number> {
  const queues = [{ name: 'default', threads: WORKERS }]
  const name = `site${turn}${target.storage.kind}${entries.length}`
  const site: Site = { id: 1, name, roots: [root], targets: [target], queues, bandwidthBytes: 0, hash: 'xxh3' }
  const crew = await openCrew(join(place, 'data'), site)
  try {
    return await crew.run(ordersOf(site, entries))
  } finally {
    await crew.close()
  }
}

function* ordersOf(site: Site, entries: readonly PathEntry[]): Generator<TaskOrder> {
  for (let at = 0; at < entries.length; at += BATCH)
    yield {
      ...{ kind: 'step', run: 1, task: at / BATCH + 1, name: 'dynamo.tasks.migrate', site, origin: site },
      ...{ identity: null, arguments: { premigrate: true }, entries: entries.slice(at, at + BATCH) },
    } satisfies StepOrder
}

function targetOf(below: string, storage: Target['storage']): Target {
  return {
    name: 'archive',
    storage,
    below,
    s3: { endpoint: null, region: '', credentialsFile: null, pathStyle: false },
  }
}

function makeTree(root: string): PathEntry[] {
  const body = Buffer.alloc(FILE_BYTES)
  return Array.from({ length: FILES }, (_, index) => {
    const folder = join(root, `folder-${Math.floor(index / FOLDER_FILES)}`)
    if (index % FOLDER_FILES === 0) mkdirSync(folder, { recursive: true })
    const path = join(folder, `file-${index}.dat`)
    writeFileSync(path, randomFillSync(body))
    return { path, type: 'file', sizeBytes: FILE_BYTES, state: 'created' }
  })
}

function makeLarge(root: string): PathEntry {
  mkdirSync(root)
  const path = join(root, 'large.dat')
  const piece = randomFillSync(Buffer.alloc(16 * MB))
  const fd = openSync(path, 'w')
  for (let at = 0; at < LARGE_MB; at += 16) writeSync(fd, piece)
  closeSync(fd)
  sync(root)
  return { path, type: 'file', sizeBytes: LARGE_MB * MB, state: 'created' }
}

function hasRclone(): boolean {
  try {
    execFileSync('rclone', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    process.stdout.write('skipped: movers, which need rclone to compare with: apt-get install rclone\n')
    return false
  }
}

function rclone(from: string, to: string, env: Readonly<Record<string, string>> = {}): void {
  // It cannot take the bundle of a machine that has one, and needs none here.
  const { AWS_CA_BUNDLE: _bundle, ...outer } = process.env
  execFileSync('rclone', ['copy', from, to], {
    env: { ...outer, RCLONE_CONFIG: '/dev/null', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function rcloneRemote({ endpoint, keys }: S3Server): Record<string, string> {
  return {
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
    RCLONE_CONFIG_BENCH_ENDPOINT: endpoint,
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: keys.accessKeyId,
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
}

function clear(folder: string): void {
  rmSync(folder, { recursive: true })
  sync(join(folder, '..'))
}

function sync(folder: string): void {
  execFileSync('sync', ['-f', folder])
}

function timed(run: () => void): number {
  const began = performance.now()
  run()
  return performance.now() - began
}
