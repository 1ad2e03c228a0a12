/** `yardmaster archive …`: what lies in an archive of runs, whether it can be read, and another one taken in. */

import { resolve } from 'node:path'
import { Command } from 'commander'
import { loadConfig } from '../../config.ts'
import type { Archive } from '../../metric/archive/archive.ts'
import type { ImportCount } from '../../metric/archive/archive-import.ts'
import { VERSION_KEY } from '../../metric/archive/layout.ts'
import type { ObjectStorage } from '../../object-storage/object-storage.ts'
import { EXIT_FAILED, UserError } from '../failure.ts'
import { renderTable } from '../terminal/table.ts'
import { count, localTime, printable } from '../terminal/text.ts'
import { DATA_OPTION, dataDirFor, withStore } from './data-directory.ts'

interface ArchiveCommandOptions {
  data?: string
  curves?: boolean
  json?: boolean
}

interface OpenArchive {
  storage: ObjectStorage
  archive: Archive
}

const MB = 2 ** 20
/** Runs between two lines of progress. */
const PROGRESS_STEP = 1000

export function archiveCommand(): Command {
  const archive = new Command('archive').description('archives of runs; works with the server up or down')
  const verb = (words: string, about: string) =>
    archive
      .command(words)
      .description(about)
      .option(...DATA_OPTION)
      .option('--json', 'print JSON')
  verb('list [archive]', 'runs, their age and size by cluster, of ours or of a folder or s3://BUCKET/PREFIX').action(
    list,
  )
  verb('validate [archive]', 'read every description of a run and of a cluster; exits 1 when one cannot be read')
    .option('--curves', 'read the curves too')
    .action(validate)
  verb(
    'import <archive>',
    'take in the runs of another archive, a folder or s3://BUCKET/PREFIX; may be repeated',
  ).action(importFrom)
  return archive
}

async function list(named: string | undefined, options: ArchiveCommandOptions): Promise<void> {
  const { takeInventory } = await import('../../metric/archive/inventory.ts')
  const clusters = await withArchive(named, options, ({ storage }) => takeInventory(storage))
  if (options.json) return print(clusters)
  const rows = clusters.map(({ cluster, runs, sizeBytes, oldestAt, newestAt }) => {
    return [cluster, runs, timeOf(oldestAt), timeOf(newestAt), (sizeBytes / MB).toFixed(1)]
  })
  const columns = [
    { heading: 'CLUSTER' },
    { heading: 'JOBS', right: true },
    { heading: 'OLDEST' },
    { heading: 'NEWEST' },
    { heading: 'SIZE MB', right: true },
  ]
  process.stdout.write(
    `${clusters.length > 0 ? renderTable(columns, rows, { width: undefined }) : 'it holds nothing'}\n`,
  )
}

async function validate(named: string | undefined, options: ArchiveCommandOptions): Promise<void> {
  const broken: { path: string; reason: string }[] = []
  const report = (path: string, reason: string) => {
    broken.push({ path, reason })
    if (!options.json) process.stdout.write(`${printable(path)}: ${printable(reason)}\n`)
  }
  const runs = await withArchive(named, options, ({ archive }) => readAll(archive, report, options.curves ?? false))
  if (options.json) print({ runs, broken })
  else process.stdout.write(`${count(runs, 'run')} can be read, ${broken.length} cannot\n`)
  if (broken.length > 0) process.exitCode = EXIT_FAILED
}

async function readAll(
  archive: Archive,
  report: (path: string, reason: string) => void,
  withCurves: boolean,
): Promise<number> {
  let runs = 0
  await archive.clusters().catch((error: Error) => report('cluster.json', error.message))
  for await (const run of archive.runs(report)) {
    try {
      if (withCurves) await archive.curves(run)
      runs += 1
    } catch (error) {
      report(`${run.cluster}/${run.jobId}`, (error as Error).message)
    }
  }
  return runs
}

async function importFrom(named: string, options: ArchiveCommandOptions): Promise<void> {
  const { importArchive, importClusters } = await import('../../metric/archive/archive-import.ts')
  const unreadable: { path: string; reason: string }[] = []
  const report = (path: string, reason: string) => {
    unreadable.push({ path, reason })
    if (!options.json) process.stderr.write(`yardmaster: message: ${printable(path)}: ${printable(reason)}\n`)
  }
  const onProgress = (so: ImportCount) => tellProgress(so, options)
  const { counted, clusters } = await withArchive(named, options, ({ archive: from }) =>
    withArchive(undefined, options, async ({ archive: into }) => {
      const added = await importClusters(from, into)
      const done = await withStore(dataDirFor(options), ({ records }) =>
        importArchive({ from, into, records, report, onProgress }),
      )
      return { counted: done, clusters: added }
    }),
  )
  if (options.json) print({ ...counted, clusters, unreadable })
  else process.stdout.write(`${summaryOf(counted)}\n${clusters.map(adviceFor).join('')}`)
  if (counted.failed > 0) process.exitCode = EXIT_FAILED
}

function summaryOf({ imported, present, failed }: ImportCount): string {
  return `${count(imported, 'run')} taken in, ${present} known before, ${failed} not readable`
}

function adviceFor(cluster: string): string {
  return `the cluster ${printable(cluster)} is new: a server that runs knows it after vovproject reread\n`
}

function tellProgress(so: ImportCount, { json }: ArchiveCommandOptions): void {
  const seen = so.imported + so.present + so.failed
  if (seen % PROGRESS_STEP === 0 && !json && process.stderr.isTTY) process.stderr.write(`${summaryOf(so)} so far\n`)
}

/** Of the data directory where none is named; a bucket is asked as `archive.s3_…` says. */
async function withArchive<Result>(
  named: string | undefined,
  options: ArchiveCommandOptions,
  work: (open: OpenArchive) => Promise<Result>,
): Promise<Result> {
  const { createArchive } = await import('../../metric/archive/object-archive.ts')
  const { openObjectStorage } = await import('../../object-storage/open.ts')
  const target = named === undefined || named.startsWith('s3://') ? named : resolve(named)
  const sets = target === undefined ? [] : [`archive.target=${target}`]
  const { config } = loadConfig({ dataDir: dataDirFor(options), env: process.env, sets })
  const { endpoint, region, credentialsFile } = config.archive.s3
  const s3 = {
    region,
    pathStyle: endpoint !== null,
    ...(endpoint !== null && { endpoint }),
    ...(credentialsFile !== null && { credentialsFile }),
  }
  const storage = await openObjectStorage(config.archive.target, { s3 })
  const archive = createArchive(storage)
  try {
    // A folder that was mistyped would pass for an archive without runs.
    if (named !== undefined && !(await storage.head(VERSION_KEY)))
      throw new UserError(`${storage.name} is no archive: it has no ${VERSION_KEY}`)
    return await work({ storage, archive })
  } finally {
    await archive.close()
    await storage.close()
  }
}

function timeOf(instant: number | null): string {
  return instant === null ? '' : localTime(instant / 1000)
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
