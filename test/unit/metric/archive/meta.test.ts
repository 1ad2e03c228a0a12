import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { metaKey } from '../../../../src/metric/archive/layout.ts'
import { parseRecord } from '../../../../src/metric/archive/meta-reader.ts'
import { writeMeta } from '../../../../src/metric/archive/meta-writer.ts'
import { aRecord, aResource } from '../../../support/records.ts'

const DATA = join(import.meta.dirname, '../../../data/cockpit')
const textOf = (path: string) => readFileSync(join(DATA, path), 'utf8')
const SMALLEST = { jobId: 1, cluster: 'emmy', user: 'a', startTime: 1_700_000_000, resources: [{ hostname: 'e1' }] }
const read = (changes: Record<string, unknown>) => parseRecord(JSON.stringify({ ...SMALLEST, ...changes }), 'meta.json')

test('the run of a real archive is read', () => {
  const record = parseRecord(textOf('archive/emmy/1403/244/1608923076/meta.json'), 'meta.json')
  expect(metaKey(record)).toBe('emmy/1403/244/1608923076/meta.json')
  expect(record).toMatchObject({
    ...{ cluster: 'emmy', subCluster: 'haswell', partition: 'work', project: 'no project', user: 'emmyUser6' },
    ...{ shared: 'none', state: 'completed', numNodes: 32, tags: [], metaData: null, monitoring: 'archived' },
    ...{ startedAt: 1_608_923_076_000, durationMs: 86_486_000, walltimeMs: 10_000, origin: 'reported', attempt: 0 },
  })
  expect(record.resources[31]).toEqual(aResource({ hostname: 'e0951' }))
  expect(record.statistics?.mem_bw).toEqual({ avg: 63.57, min: 0, max: 74.5, unit: { base: 'B/s', prefix: 'G' } })
})

test.each(['fritzError', 'fritzMinimal'])('the import %s is read as the reference reads it', (name) => {
  const expected = JSON.parse(textOf(`import/${name}-golden.json`))
  const { jobId, cluster, startedAt, durationMs } = parseRecord(textOf(`import/meta-${name}.input`), name)
  expect({ jobId, cluster, startTime: startedAt / 1000, duration: durationMs / 1000 }).toEqual(expected)
})

describe('old spellings:', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['exclusive 0', { exclusive: 0 }, { shared: 'multi_user' }],
    ['exclusive 1', { exclusive: 1 }, { shared: 'none' }],
    ['exclusive 2', { exclusive: 2 }, { shared: 'single_user' }],
    ['a start in RFC 3339', { startTime: '2023-11-14T22:13:20Z' }, { startedAt: 1_700_000_000_000 }],
    ['a stop time in place of a duration', { stopTime: 1_700_000_060 }, { durationMs: 60_000 }],
    ['a state in capitals', { jobState: 'NODE_FAIL' }, { state: 'node_fail' }],
    ['a state with dashes', { jobState: 'out-of-memory' }, { state: 'out_of_memory' }],
    ['a state of old', { jobState: 'stopped' }, { state: 'cancelled' }],
    ['no state', {}, { state: 'completed' }],
    ['accelerators by number', { resources: [{ hostname: 'e', accelerators: [0] }] }, {}],
    ['no number of nodes', { numNodes: 0 }, { numNodes: 1 }],
    ['null wherever Go has nothing', { metaData: null, tags: null, statistics: null, footprint: null }, { tags: [] }],
    [
      'a tag without scope',
      { tags: [{ type: 'app', name: 'vasp' }] },
      { tags: [{ type: 'app', name: 'vasp', scope: 'global' }] },
    ],
    ['meta data that is not text', { metaData: { cpus: 3 } }, { metaData: { cpus: '3' } }],
    ['a unit in one word', { statistics: { a: { unit: 'GB', avg: 1, min: 1, max: 1 } } }, {}],
    ['keys that nobody knows', { flavour: 'sweet', concurrentJobs: {} }, {}],
  ])('%s', (_, given, expected) => expect(read(given)).toMatchObject(expected))
})

test.each<[Record<string, unknown>, string]>([
  [{ jobId: '7' }, 'meta.json: jobId is "7"; write the number of the job'],
  [{ cluster: '../../etc' }, 'meta.json: cluster is "../../etc"; write the name of a cluster'],
  [{ startTime: 'yesterday' }, 'meta.json: startTime is "yesterday"; write unix seconds'],
  [{ resources: [{}] }, 'meta.json: resources[0].hostname is missing; write the name of a host'],
  [{ statistics: { load: { avg: 1 } } }, 'meta.json: statistics.load.min is missing; write '],
])('%o is refused', (given, message) => {
  expect(() => read(given)).toThrow(message)
})

test('a record is written key by key as the reference does, and read again as it was', () => {
  const record = aRecord({
    ...{ state: 'completed', durationMs: 3_600_000, monitoring: 'archived', arrayJobId: 7, requestedMemoryMb: 128_000 },
    resources: [aResource({ hwthreads: [0, 1], accelerators: ['00000000:3B:00.0'] }), aResource({ hostname: 'f2' })],
    tags: [{ id: 12, type: 'app', name: 'vasp', scope: 'alice' }],
    metaData: { jobName: 'ams' },
    statistics: { cpu_load: { unit: { base: '', prefix: '' }, avg: 1, min: 0, max: 2 } },
    ...{ footprint: { cpu_load_avg: 1 }, energyFootprint: {}, energy: 0.5 },
  })
  const text = writeMeta(record)
  expect(Object.keys(JSON.parse(text))).toEqual([
    ...['cluster', 'subCluster', 'partition', 'project', 'user', 'shared', 'jobState', 'tags', 'resources'],
    ...['energyFootprint', 'footprint', 'metaData', 'concurrentJobs', 'energy', 'arrayJobId', 'walltime', 'jobId'],
    ...[
      'duration',
      'smt',
      'monitoringStatus',
      'numHwthreads',
      'numNodes',
      'statistics',
      'requestedMemory',
      'startTime',
    ],
  ])
  expect(JSON.parse(text)).toMatchObject({
    ...{ monitoringStatus: 1, duration: 3600, startTime: record.startedAt / 1000, jobState: 'completed' },
    tags: [{ type: 'app', name: 'vasp', scope: 'alice', id: 0 }],
    resources: [{ hostname: 'f0726', hwthreads: [0, 1], accelerators: ['00000000:3B:00.0'] }, { hostname: 'f2' }],
    statistics: { cpu_load: { unit: { base: '' }, avg: 1, min: 0, max: 2 } },
  })
  const { id: _, tags, ...rest } = record
  expect(parseRecord(text, 'x')).toEqual({ ...rest, tags: tags.map(({ id: _number, ...tag }) => tag) })
})

test('a run of our own engine is one again after it was read, with its meta data as they were', () => {
  const times = { startedAt: 1_795_237_147_912, durationMs: 1234 }
  const run = aRecord({ origin: 'engine', attempt: 3, metaData: { jobName: 'x' }, ...times })
  expect(parseRecord(writeMeta(run), 'x')).toMatchObject({
    origin: 'engine',
    attempt: 3,
    metaData: { jobName: 'x' },
    ...times,
  })
  expect(parseRecord(writeMeta({ ...run, metaData: null }), 'x')).toMatchObject({ attempt: 3, metaData: null })
})

test('a run that only claims to be one of our engine is one of another scheduler', () => {
  for (const claim of ['', '{', '[]', '{"attempt":"1"}'])
    expect(read({ metaData: { yardmasterRun: claim } })).toMatchObject({
      origin: 'reported',
      attempt: 0,
      metaData: null,
    })
})

test('a job has its folder by thousands, also one with a number below zero', () => {
  const folder = (jobId: number) => metaKey({ cluster: 'c', jobId, startedAt: 1_795_237_147_900 })
  expect(folder(555)).toBe('c/0/555/1795237147/meta.json')
  expect(folder(1_403_004)).toBe('c/1403/004/1795237147/meta.json')
  expect(folder(-5)).toBe('c/0/-05/1795237147/meta.json')
})
