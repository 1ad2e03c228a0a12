/** The thread of measured values: holds them all, answers one letter after the other, and writes them to the disk. */

import { parentPort, workerData } from 'node:worker_threads'
import type { Instant } from '../../base/clock.ts'
import { isDomainError } from '../../base/errors.ts'
import type { SeriesAnswer } from '../metric-store.ts'
import { describeBranch, dropBefore } from './branch.ts'
import { Checkpoints } from './checkpoint/checkpoints.ts'
import { healthOf } from './health.ts'
import { Ingest } from './ingest.ts'
import { readSeries } from './reading.ts'
import type { Answer, Asked, Kind, Letter, Reply, ThreadData } from './thread-message.ts'
import { Tree } from './tree.ts'
import { dropOld, fitInto, removeEmpty } from './upkeep.ts'

const MEGABYTE = 1 << 20
/** Of the memory, for the keys of lines. */
const KEY_SHARE = 1 / 8
/** Nothing goes by its age before the server has said where jobs run, but not for longer than this after a start. */
const GRACE_MS = 5 * 60 * 1000

const port = parentPort!
const { directory, retentionMs, memoryMb } = workerData as ThreadData
const limitBytes = memoryMb * MEGABYTE
const tree = new Tree()
const report = (trouble: string | null) => port.postMessage({ trouble } satisfies Reply)
const checkpoints = new Checkpoints({ directory, tree, limitBytes: limitBytes * (1 - KEY_SHARE), report })
const ingest = new Ingest(tree, checkpoints, limitBytes * KEY_SHARE)
let dropsOldFrom: Instant = 0

const answers: { [K in Kind]: (asked: Asked<K>) => Answer<K> | Promise<Answer<K>> } = {
  load() {
    checkpoints.load()
    dropsOldFrom = tree.now + GRACE_MS
    return null
  },
  configure({ clusters }) {
    tree.configure(clusters)
    return null
  },
  open({ body, cluster }) {
    ingest.open(body, cluster)
    return null
  },
  piece({ body, bytes }) {
    ingest.read(body, bytes)
    return bytes.buffer
  },
  end: ({ body }) => ingest.end(body),
  abandon({ body }) {
    ingest.abandon(body)
    return null
  },
  put({ samples }) {
    ingest.put(samples)
    return null
  },
  retain({ hosts }) {
    tree.retained = new Map(Object.entries(hosts).map(([cluster, names]) => [cluster, new Set(names)]))
    dropsOldFrom = 0
    return null
  },
  read: ({ queries }) => queries.map((query) => readSeries(tree, query)),
  free({ before, selectors }) {
    const { dropped, of } = dropBefore(tree, before, selectors)
    for (const series of of) checkpoints.drop(series, before)
    removeEmpty(tree)
    tree.survey()
    return dropped
  },
  describe: ({ selector }) => describeBranch(tree, selector),
  health: ({ cluster, hosts, metrics }) => hosts.map((host) => healthOf(tree, cluster, host, metrics)),
  usage: measure,
  async checkpoint() {
    await checkpoints.checkpoint()
    return null
  },
  async tick() {
    if (tree.now >= dropsOldFrom) dropOld(tree)
    removeEmpty(tree)
    tree.survey()
    await checkpoints.tick()
    return null
  },
  async close() {
    await checkpoints.close()
    return null
  },
}

function measure(): Answer<'usage'> {
  let points = 0
  for (const { chunks } of tree.every()) for (const chunk of chunks) points += chunk.points
  return { series: tree.count, points, bytes: tree.bytes + ingest.bytes }
}

/** Only between letters, since it takes away what a reader of lines holds. */
function settle(): void {
  if (tree.bytes + ingest.bytes > limitBytes) fitInto(tree, limitBytes - ingest.bytes)
  if (tree.keysAreStale) ingest.forgetKeys()
  tree.keysAreStale = false
}

async function open({ id, now, question }: Letter): Promise<void> {
  tree.now = now
  tree.horizon = question.kind === 'load' ? Number.NEGATIVE_INFINITY : now - retentionMs
  try {
    const act = answers[question.kind] as (asked: typeof question) => unknown
    const answer = act(question)
    settle()
    if (id > 0) port.postMessage({ id, answer: await answer } satisfies Reply, moved(question.kind, answer))
  } catch (error) {
    settle()
    port.postMessage(refusal(id, error))
  }
  if (question.kind === 'close') port.close()
}

function refusal(id: number, error: unknown): Reply {
  if (isDomainError(error)) return { id, refused: { code: error.code, message: error.message } }
  return { id, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** What goes to the server's thread without a copy. */
function moved(kind: Kind, answer: unknown): ArrayBuffer[] {
  if (kind === 'piece') return [answer as ArrayBuffer]
  if (kind === 'read') return (answer as SeriesAnswer[][]).flat().map(({ curve }) => curve.values.buffer as ArrayBuffer)
  return []
}

port.on('message', (letter: Letter) => void open(letter))
