/** A site with a root and a target on a disk, its ledger, and steps and discoveries as its mover would do them. */

import { lstatSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { createDiskStorage } from '../../src/object-storage/disk.ts'
import type { ObjectStorage } from '../../src/object-storage/object-storage.ts'
import { openSiteLedger } from '../../src/store/sqlite/site/ledger.ts'
import type { MoverParts } from '../../src/workflow/mover/parts.ts'
import { runStep } from '../../src/workflow/mover/steps.ts'
import type { PathEntry, PathOutcome } from '../../src/workflow/path-entry.ts'
import { bytesOfPath } from '../../src/workflow/path-name.ts'
import type { Site, Target } from '../../src/workflow/site.ts'
import type { SiteLedger } from '../../src/workflow/site-ledger.ts'
import type { Identity, StepOrder, TaskResult } from '../../src/workflow/task-order.ts'

export interface MoverSite {
  site: Site
  root: string
  /** Where the target keeps its objects. */
  bucket: string
  ledger: SiteLedger
  ledgerFile: string
  parts: MoverParts
  order(name: string, paths: readonly (string | PathEntry)[], given?: Given): StepOrder
  run(name: string, paths: readonly (string | PathEntry)[], given?: Given): Promise<PathOutcome[]>
  /** As `run`, whole. */
  result(name: string, paths: readonly (string | PathEntry)[], given?: Given): Promise<TaskResult>
}

export interface Given {
  arguments?: Record<string, unknown>
  origin?: Site
  identity?: Identity
  task?: number
  parts?: Partial<MoverParts>
}

/** `bucket` is shared with another site where it is given. */
export function makeMoverSite(folder: string, name = 'site1', bucket = join(folder, 'bucket')): MoverSite {
  const root = join(folder, name)
  mkdirSync(root, { recursive: true })
  const site = siteOf(name, root, bucket)
  const ledgerFile = join(folder, `${name}-ledger`, 'ledger.db')
  const ledger = openSiteLedger(ledgerFile, systemClock)
  const parts = partsOf(ledger, createDiskStorage({ root: bucket }))
  let task = 0
  const order = (step: string, paths: readonly (string | PathEntry)[], given: Given = {}): StepOrder => {
    task += 1
    return {
      kind: 'step',
      run: 1,
      task: given.task ?? task,
      name: `dynamo.tasks.${step}`,
      site,
      identity: given.identity ?? null,
      arguments: given.arguments ?? {},
      entries: paths.map(entryOf),
      origin: given.origin ?? site,
    }
  }
  const result = (step: string, paths: readonly (string | PathEntry)[], given: Given = {}) =>
    runStep(order(step, paths, given), { ...parts, ...given.parts })
  const run = async (...asked: Parameters<typeof result>) => {
    const { outcomes, failure } = await result(...asked)
    if (failure !== null) throw new Error(failure)
    return [...outcomes]
  }
  return { site, root, bucket, ledger, ledgerFile, parts, order, run, result }
}

export function siteOf(name: string, root: string, bucket: string, storage?: Target['storage']): Site {
  const target = {
    name: 'archive',
    storage: storage ?? { kind: 'disk' as const, path: bucket },
    s3: { endpoint: null, region: 'us-east-1', credentialsFile: null, pathStyle: false },
    below: root,
  }
  return {
    id: 1,
    name,
    roots: [root],
    targets: [target],
    queues: [{ name: 'default', threads: 1 }],
    bandwidthBytes: 0,
    hash: 'sha256',
  }
}

export function partsOf(ledger: SiteLedger, storage: ObjectStorage): MoverParts {
  return {
    ledger,
    storageFor: () => storage,
    clock: systemClock,
    log: silentLog,
    progress: () => undefined,
    ending: new AbortController().signal,
    dropping: new AbortController().signal,
    switchTo: () => undefined,
  }
}

/** As discovery would tell of it; what is not there is a file. */
export function entryOf(path: string | PathEntry): PathEntry {
  if (typeof path !== 'string') return path
  const stats = lstatSync(bytesOfPath(path), { throwIfNoEntry: false })
  const type = stats?.isDirectory() ? 'directory' : stats?.isSymbolicLink() ? 'symlink' : 'file'
  return { path, type, sizeBytes: stats?.size ?? 0, state: 'created' }
}

export function folderFor(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  return path
}
