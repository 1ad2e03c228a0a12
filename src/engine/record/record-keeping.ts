/** Everything that keeps the record of runs, put together: commands, what follows from them, and the loops. */

import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Service } from '../../base/service.ts'
import type { JobRecord } from '../../job/record.ts'
import type { Archive } from '../../metric/archive/archive.ts'
import type { Clusters } from '../../metric/cluster/cluster.ts'
import type { MetricStore } from '../../metric/metric-store.ts'
import type { Store } from '../../store/store.ts'
import type { Notice } from '../bus.ts'
import { createRound } from '../round.ts'
import { Archiver } from './archive/archiver.ts'
import { graceMs, keepRun } from './archive/keeper.ts'
import { MetaWriter } from './archive/meta-writer.ts'
import { type RetentionPlan, retire } from './archive/retention.ts'
import { updateFootprints } from './live-footprints.ts'
import { createNodes } from './node-watch.ts'
import type { Nodes } from './nodes.ts'
import { endOverdue } from './overdue.ts'
import { catchUp } from './own/catch-up.ts'
import { Recorder } from './own/recorder.ts'
import type { Home } from './own/run-record.ts'
import type { Records } from './records.ts'
import { createRecords } from './registry.ts'
import { AppQueue } from './rule/app-queue.ts'
import { type ClassificationParts, TaggerDesk, tagClasses } from './rule/classification.ts'
import { installDefaultRules } from './rule/default-rules.ts'
import { RuleFolder } from './rule/rule-folder.ts'
import type { Taggers } from './taggers.ts'

export interface RecordKeepingParts {
  store: Pick<Store, 'records' | 'nodes' | 'jobs'>
  clusters: () => Clusters
  metrics: MetricStore
  archive: () => Archive
  /** Where old runs are copied or moved; undefined where nothing is. */
  retentionTarget: () => Archive | undefined
  /** Where the engine's runs on a host belong; undefined where no cluster has it: they are not recorded then. */
  home: (host: string) => Home | undefined
  plan: RecordPlan
  clock: Clock
  log: Logger
}

export interface RecordPlan {
  /** Folder of the rules by which runs are tagged; made with rules of our own where it is not there. */
  rules: string
  /** Runs of the engine that were shorter are recorded, and not archived. */
  shortestRunMs: number
  /** A reported run is ended when it exceeds its limit by so much; 0 for never. */
  stopExceedingMs: number
  retention: RetentionPlan & { nodeStatesAgeMs: number }
}

/** `start` goes before anything runs, `stop` after everything has ended. */
export interface RecordKeeping extends Service {
  records: Records
  nodes: Nodes
  taggers: Taggers
  /** A listener of the engine's bus. */
  hear(notice: Notice): void
  /** How many runs wait for their curves to be kept. */
  backlog(): Promise<number>
  /** Settles when all that was heard is stored; for tests and for what must see it. */
  flush(): Promise<void>
}

const MINUTE_MS = 60_000

export function createRecordKeeping(parts: RecordKeepingParts): RecordKeeping {
  const { store, clusters, plan } = parts
  const { records } = store
  const base = { ...parts, records }
  const metaWriter = new MetaWriter(base)
  const folder = new RuleFolder(plan.rules, parts)
  const classification: ClassificationParts = { ...base, folder, described: metaWriter.changed }
  const classify = async (record: JobRecord) => void (await tagClasses(classification, record))
  const keeper = { ...base, ...plan, classify, described: metaWriter.changed }
  const archiver = new Archiver({
    ...base,
    keep: (record) => keepRun(keeper, record),
    graceMs: (run) => graceMs(clusters(), run),
  })
  const apps = new AppQueue(classification)
  const recorder = new Recorder({
    ...base,
    ...plan,
    onRuns({ begun, over }) {
      for (const run of begun) apps.begun(run)
      for (const run of over) if (run.monitoring === 'pending') archiver.wake(run)
    },
  })
  const desk = new TaggerDesk(classification)
  const stopped = (record: JobRecord) => archiver.wake(record)
  const rounds = roundsOf(parts, stopped)
  const ending = new AbortController()
  let missed = Promise.resolve()
  return {
    records: createRecords({ ...parts, follow: { started: apps.started, stopped, described: metaWriter.changed } }),
    nodes: createNodes(parts),
    taggers: desk,
    hear: recorder.hear,
    backlog: () => archiver.backlog(),
    flush: async () => {
      await missed
      await recorder.flush()
      await apps.settle()
      await metaWriter.settle()
    },
    async start() {
      await installRules(parts)
      missed = (await recordMissed(parts, recorder, ending.signal)).ended
      await archiver.start()
      for (const round of rounds) await round.start()
    },
    async stop() {
      ending.abort()
      for (const round of rounds) await round.stop()
      await missed
      await recorder.stop()
      await archiver.stop()
      await desk.stop()
      await apps.stop()
      await metaWriter.stop()
    },
  }
}

/** Settles when the recorder may hear of what happens; what ended meanwhile may still be on its way. */
async function recordMissed(parts: RecordKeepingParts, recorder: Recorder, signal: AbortSignal) {
  const { store, log } = parts
  const { goingOn, ended } = await catchUp({ ...parts, ...store, signal })
  recorder.know(goingOn)
  const told = (error: unknown) =>
    log.warn({ reason: messageOf(error) }, 'runs that ended while the server was away are not all recorded')
  return { ended: ended.catch(told) }
}

async function installRules({ plan, log }: RecordKeepingParts): Promise<void> {
  try {
    await installDefaultRules(plan.rules)
  } catch (error) {
    log.warn({ folder: plan.rules, reason: messageOf(error) }, 'the first rules could not be written')
  }
}

/** What comes round: each at its own distance. */
function roundsOf(parts: RecordKeepingParts, stopped: (record: JobRecord) => void) {
  const { store, plan, metrics, clock } = parts
  const base = { ...parts, records: store.records }
  const { nodeStatesAgeMs } = plan.retention
  const work: [string, number, () => Promise<unknown>][] = [
    [
      'hosts of running jobs could not be told to the metric store',
      5 * MINUTE_MS,
      async () => metrics.retain(await store.records.usedHosts(clock.now())),
    ],
    ['footprints of running jobs could not be computed', 10 * MINUTE_MS, () => updateFootprints(base)],
    [
      'jobs that exceed their time limit could not be ended',
      10 * MINUTE_MS,
      () => endOverdue({ ...base, exceedingMs: plan.stopExceedingMs, onEnded: stopped }),
    ],
    [
      'old runs could not be put away',
      60 * MINUTE_MS,
      () => retire({ ...base, target: parts.retentionTarget }, plan.retention),
    ],
    [
      'old reports of nodes could not be removed',
      60 * MINUTE_MS,
      async () => nodeStatesAgeMs > 0 && store.nodes.removeBefore(clock.now() - nodeStatesAgeMs),
    ],
  ]
  return work.map(([complaint, everyMs, turn]) =>
    createRound({ complaint, everyMs, work: async () => void (await turn()) }, parts),
  )
}
