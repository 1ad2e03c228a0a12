import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createClusters } from '../../../../src/metric/cluster/clusters.ts'
import { describeCluster } from '../../../../src/metric/cluster/description.ts'
import { parseCluster, readCluster } from '../../../../src/metric/cluster/reader.ts'
import type { ClusterSource } from '../../../../src/metric/cluster/schema.ts'

const DATA = join(import.meta.dirname, '../../../data/cockpit')
const textOf = (path: string) => readFileSync(join(DATA, path), 'utf8')
const fritz = parseCluster(textOf('archive/fritz/cluster.json'), 'fritz/cluster.json')

/** The source of a small cluster with something changed at one place. */
function changed(change: (source: ClusterSource & Record<string, unknown>) => void): unknown {
  const source = JSON.parse(textOf('archive/emmy/cluster.json'))
  change(source)
  return source
}

test.each(['archive/emmy/cluster.json', 'archive/fritz/cluster.json', 'clusters/cluster-tinygpu.json'])(
  '%s of a real site is read',
  (path) => {
    const cluster = parseCluster(textOf(path), path)
    expect(cluster.metrics.length).toBeGreaterThan(5)
    expect(cluster.subClusters.every(({ metrics, nodes }) => metrics.length > 0 && nodes !== '')).toBe(true)
  },
)

describe('a subcluster', () => {
  const metricsOf = (name: string) => fritz.subClusters.find((one) => one.name === name)!.metrics

  test('has the metrics of its cluster but those that it removes', () => {
    expect(fritz.metrics).toHaveLength(metricsOf('main').length)
    const names = metricsOf('spr1tb').map(({ name }) => name)
    expect(names).toHaveLength(15)
    expect(names).not.toContain('mem_bw')
  })

  test('has its own thresholds, and the rest from its cluster', () => {
    const mainLoad = metricsOf('main').find(({ name }) => name === 'cpu_load')
    const ownLoad = metricsOf('spr1tb').find(({ name }) => name === 'cpu_load')
    expect(mainLoad).toMatchObject({ peak: 72, caution: 36, footprint: 'avg' })
    expect(ownLoad).toMatchObject({ peak: 104, caution: 52, footprint: 'avg', timestepSeconds: 60, scope: 'node' })
  })

  test('keeps the footprint that it does not mention and loses the one that it empties', () => {
    const read = readCluster(
      changed(({ metricConfig: [load], subClusters }) => {
        Object.assign(load!, { footprint: 'avg' })
        load!.subClusters = [
          { name: subClusters[0]!.name, peak: 9 },
          { name: subClusters[1]!.name, footprint: '' },
        ]
      }),
      'file',
    )
    expect(read.subClusters.map(({ metrics: [load] }) => [load!.peak, load!.footprint]).slice(0, 2)).toEqual([
      [9, 'avg'],
      [4, null],
    ])
  })
})

test('units beyond the list of the schema, a missing aggregation and unknown keys are accepted', () => {
  const read = readCluster(
    changed(({ metricConfig: [load] }) => {
      Object.assign(load!, { unit: { base: 'furlongs', prefix: null }, aggregation: null, tooltip: 'how busy it is' })
    }),
    'file',
  )
  expect(read.metrics[0]).toMatchObject({ unit: { base: 'furlongs', prefix: '' }, aggregation: 'none' })
})

describe('a file that cannot be read is refused with place and remedy:', () => {
  test('one of an older form', () => {
    expect(() => parseCluster(textOf('clusters/cluster-emmy.json'), 'emmy/cluster.json')).toThrow(
      'emmy/cluster.json: metricConfig[0].unit is "load"; write a unit such as {"base":"B/s","prefix":"G"}',
    )
  })

  test.each<[string, (source: ClusterSource & Record<string, unknown>) => void, string]>([
    [
      'a timestep in words',
      (source) => Object.assign(source.metricConfig[3]!, { timestep: '1m' }),
      'emmy: metricConfig[3].timestep is "1m"; write the seconds between two values, such as 60',
    ],
    [
      'no topology',
      (source) => Reflect.deleteProperty(source.subClusters[0]!, 'topology'),
      'emmy: subClusters[0].topology is missing; write an object with node, socket, memoryDomain and core',
    ],
    [
      'a thread below zero',
      (source) => Object.assign(source.subClusters[0]!.topology.socket[0]!, [-1]),
      'emmy: subClusters[0].topology.socket[0][0] is -1; write the number of a hardware thread',
    ],
    [
      'a scope that there is not',
      (source) => Object.assign(source.metricConfig[1]!, { scope: 'rack' }),
      'emmy: metricConfig[1].scope is "rack"; write "node", "socket", "memoryDomain", "core", "hwthread", "accelerator"',
    ],
    [
      'a name that leads out of the archive',
      (source) => Object.assign(source, { name: '../emmy' }),
      'emmy: name is "../emmy"; write a name of at most 64 letters, digits and . _ -',
    ],
    [
      'no metrics',
      (source) => Object.assign(source, { metricConfig: [] }),
      'emmy: metricConfig is []; write a list of at least one metric',
    ],
    [
      'a host list with an open bracket',
      (source) => Object.assign(source.subClusters[0]!, { nodes: 'w[01-' }),
      'emmy: subClusters[0].nodes: the host list cannot be read: "w[01-" has a "[" without "]"',
    ],
    [
      'a metric twice',
      (source) => source.metricConfig.push(source.metricConfig[0]!),
      '.name is "cpu_load" for a second time; give it a name of its own',
    ],
  ])('%s', (_, change, message) => {
    expect(() => readCluster(changed(change), 'emmy')).toThrow(message)
  })

  test.each<[string, string, string | RegExp]>([
    ['no JSON', '{"name": ', /^x: it is not JSON: /],
    ['no object', '[]', 'x: the whole of it is []; write an object with name, metricConfig and subClusters'],
    ['nothing', 'null', 'x: the whole of it is null; write an object'],
  ])('%s', (_, text, message) => {
    expect(() => parseCluster(text, 'x')).toThrow(message)
  })
})

test('a host belongs to the first subcluster that names it, and else to one that takes any', () => {
  const wild = readCluster(
    changed((source) => {
      Object.assign(source.subClusters[0]!, { nodes: '*' })
      Object.assign(source.subClusters[1]!, { nodes: 'w[01-20]' })
    }),
    'wild',
  )
  const clusters = createClusters([fritz, wild])
  expect(clusters.subClusterOf('fritz', 'f0101')?.name).toBe('main')
  expect(clusters.subClusterOf('fritz', 'login')).toBeUndefined()
  expect(clusters.subClusterOf('nowhere', 'f0101')).toBeUndefined()
  expect(clusters.subClusterOf('emmy', 'w07')).toBe(clusters.get('emmy')?.subClusters[1])
  expect(clusters.subClusterOf('emmy', 'elsewhere')).toBe(clusters.get('emmy')?.subClusters[0])
})

test('two clusters of one name are refused', () => {
  expect(() => createClusters([fritz, fritz])).toThrow('two clusters are called "fritz"; rename one')
})

test('a cluster is told with the metrics that each subcluster has in the end, and without the number of its nodes', () => {
  const source = changed((one) => Object.assign(one.subClusters[0]!, { numberOfNodes: 12 }))
  const told = describeCluster(readCluster(source, 'emmy')) as ClusterSource
  expect(told.subClusters[0]).not.toHaveProperty('numberOfNodes')
  const [, spr] = (describeCluster(fritz) as { subClusters: Record<string, unknown>[] }).subClusters
  expect(spr).toMatchObject({ name: 'spr1tb', footprint: ['cpu_load', 'mem_used', 'flops_any'] })
  expect((spr!.metricConfig as unknown[])[0]).toEqual({
    name: 'cpu_load',
    unit: { base: '' },
    ...{ peak: 104, normal: 104, caution: 52, alert: 20 },
    ...{ energy: '', scope: 'node', aggregation: 'avg', footprint: 'avg', timestep: 60 },
    ...{ restrict: false, lowerIsBetter: false },
  })
})
