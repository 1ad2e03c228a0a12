/** How nodes stand: what a scheduler says of them, and whether their values arrive (spec/cockpit.md 1.12). */

import type { Caller } from '../../auth/caller.ts'
import { maySeeNodes } from '../../auth/record-rights.ts'
import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Clusters, SubCluster } from '../../metric/cluster/cluster.ts'
import { JOB_METRICS } from '../../metric/cluster/host-cluster.ts'
import type { HostHealth, MetricStore } from '../../metric/metric-store.ts'
import type { NodeReport, NodeState, NodeStore } from '../../store/node-store.ts'
import type { NodeStanding, Nodes } from './nodes.ts'
import { requireReporter } from './visibility.ts'

export interface NodesParts {
  store: { nodes: NodeStore }
  clusters: () => Clusters
  metrics: Pick<MetricStore, 'health'>
  clock: Clock
  log: Logger
}

/** Of several words the first of these counts; a node that is idle and down is down. */
const PRIORITY: readonly NodeState[] = ['allocated', 'reserved', 'idle', 'down', 'mixed']

export function nodeStateOf(words: readonly string[]): NodeState {
  const said = new Set(words.map((word) => word.toLowerCase()))
  const state = PRIORITY.find((word) => said.has(word)) ?? 'unknown'
  return state === 'idle' && said.has('down') ? 'down' : state
}

export function createNodes(parts: NodesParts): Nodes {
  return {
    async report(caller, cluster, standings) {
      requireReporter(caller)
      await report(parts, cluster, standings)
    },
    async latest(caller: Caller, cluster) {
      if (!maySeeNodes(caller))
        throw new DomainError('forbidden', `${caller.user} may not see nodes: it takes the role support, admin or api`)
      return parts.store.nodes.latest(cluster)
    },
  }
}

async function report(parts: NodesParts, cluster: string, standings: readonly NodeStanding[]): Promise<void> {
  const { clusters, store, log } = parts
  if (!clusters().get(cluster)) {
    log.warn({ cluster }, 'nodes of a cluster that nobody described were reported')
    return
  }
  const known = Map.groupBy(standings, ({ hostname }) => clusters().subClusterOf(cluster, hostname))
  const strangers = known.get(undefined)?.map(({ hostname }) => hostname) ?? []
  if (strangers.length > 0)
    log.warn({ cluster, hosts: strangers.slice(0, 10) }, 'nodes of no sub-cluster were reported')
  const reports = await Promise.all(
    [...known].map(([subCluster, some]) => (subCluster ? judged(parts, { cluster, subCluster }, some) : [])),
  )
  if (reports.some((some) => some.length > 0)) await store.nodes.put(reports.flat())
}

async function judged(
  { metrics, clock }: NodesParts,
  { cluster, subCluster }: { cluster: string; subCluster: SubCluster },
  standings: readonly NodeStanding[],
): Promise<NodeReport[]> {
  const hosts = standings.map(({ hostname }) => hostname)
  const health = new Map(
    (await metrics.health(cluster, hosts, metricsOfNodes(subCluster))).map((one) => [one.host, one]),
  )
  return standings.map(({ states, ...standing }) => {
    const state = nodeStateOf(states)
    return {
      ...standing,
      cluster,
      subCluster: subCluster.name,
      at: clock.now(),
      state,
      ...shownHealth(state, health.get(standing.hostname)),
    }
  })
}

/** What every node measures at all times; a run's own values come and go with it. */
function metricsOfNodes({ metrics }: SubCluster): string[] {
  return metrics.map(({ name }) => name).filter((name) => !(JOB_METRICS as readonly string[]).includes(name))
}

/** Of a node that is down no values are expected. */
function shownHealth(state: NodeState, health: HostHealth | undefined): Pick<NodeReport, 'health' | 'unhealthy'> {
  if (state === 'down') return { health: 'full', unhealthy: { missing: [], stale: [] } }
  return {
    health: health?.state ?? 'failed',
    unhealthy: { missing: health?.missing ?? [], stale: health?.stale ?? [] },
  }
}
