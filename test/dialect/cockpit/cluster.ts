/** The cluster of the conversations: ten hosts, three metrics. */

import { readCluster } from '../../../src/metric/cluster/reader.ts'

const metric = (name: string, more: object = {}) => ({
  name,
  unit: { base: '' },
  scope: 'node',
  timestep: 60,
  aggregation: 'avg',
  peak: 72,
  normal: 72,
  caution: 36,
  alert: 20,
  ...more,
})

const SOURCE = {
  name: 'testcluster',
  metricConfig: [
    metric('load_one', { footprint: 'avg' }),
    metric('mem_used', {
      unit: { base: 'B', prefix: 'G' },
      footprint: 'max',
      subClusters: [{ name: 'gpu', peak: 512, normal: 512, caution: 400, alert: 500 }],
    }),
    metric('cpu_power', { unit: { base: 'W' }, restrict: true }),
  ],
  subClusters: [
    {
      name: 'main',
      nodes: 'host[100-109],a[0001-1000]',
      processorType: 'Intel',
      socketsPerNode: 1,
      coresPerSocket: 4,
      threadsPerCore: 1,
      flopRateScalar: { unit: { base: 'F/s', prefix: 'G' }, value: 14 },
      flopRateSimd: { unit: { base: 'F/s', prefix: 'G' }, value: 112 },
      memoryBandwidth: { unit: { base: 'B/s', prefix: 'G' }, value: 24 },
      topology: {
        node: [0, 1, 2, 3],
        socket: [[0, 1, 2, 3]],
        memoryDomain: [[0, 1, 2, 3]],
        core: [[0], [1], [2], [3]],
      },
    },
  ],
}

export const CLUSTER = readCluster(
  { ...SOURCE, metricConfig: SOURCE.metricConfig.map(({ subClusters: _, ...rest }: Record<string, unknown>) => rest) },
  'cluster.json',
)
