/** Clusters, and how their nodes stand (spec/cockpit.md 1.11, 1.12). */

import { DomainError } from '../../../base/errors.ts'
import type { NodeStanding, Nodes } from '../../../engine/record/nodes.ts'
import type { Clusters } from '../../../metric/cluster/cluster.ts'
import { describeCluster } from '../../../metric/cluster/description.ts'
import { sendJson, sendNothing } from '../answer.ts'
import { readBody } from '../body/document.ts'
import { int32, int64, list, object, type ReadBy, text } from '../body/shape.ts'
import { firstOf } from '../query.ts'
import type { Route } from '../route.ts'
import { clustersSchema, healthSchema, nodeStateSchema } from './schema.ts'

/** The totals came with cc-slurm-adapter of 2025; they are taken and not used. */
const NODE = object('schema.NodePayload', {
  hostname: text,
  states: list(text),
  cpusAllocated: int32,
  cpusTotal: int32,
  memoryAllocated: int64,
  memoryTotal: int64,
  gpusAllocated: int32,
  gpusTotal: int32,
  jobsRunning: int32,
})
/** `node` is what the same adapter called `nodes`. */
const NODE_STATES = object('api.UpdateNodeStatesRequest', { cluster: text, nodes: list(NODE), node: list(NODE) })

export function clusterRoutes(clusters: () => Clusters): Route[] {
  return [
    {
      methods: ['GET'],
      path: '/clusters/',
      schema: clustersSchema,
      async handle({ query }, reply) {
        const name = firstOf(query, 'cluster')
        const found = clusters()
          .list()
          .filter((cluster) => name === undefined || cluster.name === name)
        if (name !== undefined && found.length === 0) throw new DomainError('invalid', `unknown cluster: ${name}`)
        return sendJson(reply, { clusters: found.map(describeCluster) })
      },
    },
  ]
}

export function nodeStateRoutes(nodes: Nodes): Route[] {
  return [{ ...reportRoute(nodes), methods: ['POST', 'PUT'], path: '/nodestate/', schema: nodeStateSchema }]
}

/** The metric store's door has the same under another name (spec/cockpit.md 1.2). */
export function healthRoutes(nodes: Nodes): Route[] {
  return [{ ...reportRoute(nodes), methods: ['POST'], path: '/healthcheck/', schema: healthSchema }]
}

function reportRoute(nodes: Nodes): Pick<Route, 'handle'> {
  return {
    async handle({ caller, body }, reply) {
      const { cluster = '', ...said } = readBody(body, NODE_STATES, 'parsing request body failed')
      await nodes.report(caller, cluster, (said.nodes ?? said.node ?? []).map(readStanding))
      return sendNothing(reply)
    },
  }
}

function readStanding(body: ReadBy<typeof NODE>): NodeStanding {
  return {
    hostname: body.hostname ?? '',
    states: body.states ?? [],
    cpusAllocated: body.cpusAllocated ?? 0,
    memoryAllocatedMb: body.memoryAllocated ?? 0,
    gpusAllocated: body.gpusAllocated ?? 0,
    jobsRunning: body.jobsRunning ?? 0,
  }
}
