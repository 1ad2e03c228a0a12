/** The store of measured values as the rest of the server sees it; everything happens on a thread of its own. */

import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { siblingModule } from '../../base/module.ts'
import type { MeteredCluster, MetricStore } from '../metric-store.ts'
import { Pieces, Sending } from './sending.ts'
import { Thread } from './thread.ts'

export interface MemoryStoreOptions {
  /** Of the checkpoints; made when the first values are written. */
  directory: string
  /** Age at which values go. */
  retentionMs: number
  /** What a kill -9 may cost. */
  checkpointIntervalMs: number
  /** Where the oldest values go before their age. */
  memoryMb: number
  clock: Clock
  log: Logger
}

export function createMemoryStore(options: MemoryStoreOptions): MetricStore {
  const { directory, retentionMs, checkpointIntervalMs, memoryMb, clock, log } = options
  let clusters: readonly MeteredCluster[] | undefined
  let retained: Readonly<Record<string, readonly string[]>> | undefined
  let lastBody = 0
  let cancelTick = () => {}
  const pieces = new Pieces()
  const thread = new Thread({
    module: siblingModule(import.meta.url, 'metric-thread'),
    data: { directory, retentionMs, memoryMb },
    clock,
    log,
    introduce() {
      if (clusters) thread.tell('configure', { clusters })
      if (retained) thread.tell('retain', { hosts: retained })
    },
  })

  function tick(): void {
    thread.tell('tick', {})
    cancelTick = clock.after(checkpointIntervalMs, tick)
  }

  return {
    async start() {
      await thread.start()
      cancelTick = clock.after(checkpointIntervalMs, tick)
    },
    async stop() {
      cancelTick()
      await thread.stop()
    },
    async configure(wanted) {
      clusters = wanted
      if (thread.isRunning) await thread.ask('configure', { clusters })
    },
    async write(body, defaults) {
      lastBody += 1
      const id = lastBody
      thread.tell('open', { body: id, cluster: defaults.cluster })
      const sending = new Sending(thread, pieces, id)
      await send(body, sending).catch((error) => {
        sending.abandon()
        thread.tell('abandon', { body: id })
        throw error
      })
      return thread.ask('end', { body: id })
    },
    put: (samples) => thread.tell('put', { samples }),
    read: (queries) => thread.ask('read', { queries }),
    free: (before, selectors) => thread.ask('free', { before, selectors }),
    describe: (selector) => thread.ask('describe', { selector }),
    health: (cluster, hosts, metrics) => thread.ask('health', { cluster, hosts, metrics }),
    retain(hosts) {
      retained = hosts
      thread.tell('retain', { hosts })
    },
    usage: () => thread.ask('usage', {}),
    async checkpoint() {
      await thread.ask('checkpoint', {})
    },
  }
}

/** A refused body is read to its end nevertheless: who closes a connection while it sends never sees why. */
async function send(body: AsyncIterable<Uint8Array>, sending: Sending): Promise<void> {
  let refusal: unknown
  for await (const chunk of body) {
    if (refusal !== undefined) continue
    await sending.add(chunk).catch((error: unknown) => {
      refusal = error
    })
  }
  if (refusal !== undefined) throw refusal
  await sending.end()
}
