/** The routes about clusters and nodes, described. */

import Type from 'typebox'
import { bodyLike, example, noAnswer } from '../../../http/operation.ts'
import { describe } from '../schema.ts'

const tag = 'nodes'

export const clustersSchema = describe({
  tag,
  id: 'listClusters',
  summary: 'Clusters as `cluster.json` describes them',
  query: { cluster: 'One of them.' },
  answers: {
    200: example('With the metrics of each part.', {
      clusters: [{ name: 'fritz', metricConfig: [], subClusters: [] }],
    }),
  },
  refusals: [400, 401],
})

const STANDING = {
  hostname: 'f0726',
  states: ['ALLOCATED', 'MIXED'],
  cpusAllocated: 72,
  memoryAllocated: 128000,
  gpusAllocated: 0,
  jobsRunning: 1,
}

export const nodeStateSchema = describe({
  tag,
  id: 'updateNodeStates',
  summary: 'Report how nodes stand',
  about: 'Unknown clusters and hosts are passed over.',
  body: bodyLike('All nodes of a cluster, or some.', { cluster: 'fritz', nodes: [STANDING] }),
  answers: { 200: noAnswer('It is recorded.') },
  refusals: [400, 401, 403, 413, 503],
})

export const healthSchema = {
  ...nodeStateSchema,
  operationId: 'healthcheck',
  summary: 'The same, for metric collectors',
}

const path = { cluster: 'A name.', host: 'A name.' }

export const putMachineSchema = describe({
  tag,
  id: 'putMachineState',
  summary: 'Keep what a host says of itself',
  path,
  body: Type.Unsafe({ description: 'Any JSON.', examples: [{ load: [0.3, 0.2, 0.1] }] }),
  answers: { 201: noAnswer('It is kept.') },
  refusals: [400, 401, 413],
})

export const getMachineSchema = describe({
  tag,
  id: 'getMachineState',
  summary: 'What a host said of itself last',
  path,
  answers: { 200: example('As it was sent.', { load: [0.3, 0.2, 0.1] }) },
  refusals: [400, 401, 404],
})
