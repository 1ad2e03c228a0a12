import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { DomainError } from '../../../../src/base/errors.ts'
import type { Archive, RunKey } from '../../../../src/metric/archive/archive.ts'
import { createArchive } from '../../../../src/metric/archive/object-archive.ts'
import type { JobMetric } from '../../../../src/metric/metric.ts'
import { roundHundredth } from '../../../../src/metric/statistics.ts'
import { createDiskStorage } from '../../../../src/object-storage/disk.ts'
import type { ObjectStorage } from '../../../../src/object-storage/object-storage.ts'
import { aMetric, aSeries, wildSeries } from '../../../support/curves.ts'
import { testFolder } from '../../../support/folder.ts'
import { aRecord } from '../../../support/records.ts'

const DATA = join(import.meta.dirname, '../../../data/cockpit')
const EMMY: RunKey = { cluster: 'emmy', jobId: 1_403_244, startedAt: 1_608_923_076_000 }
const EMMY_FOLDER = 'emmy/1403/244/1608923076'
const RECORD = aRecord({ state: 'completed', durationMs: 60_000, startedAt: 1_700_000_000_000 })
const FOLDER = 'fritz/123/000/1700000000'

function open(storage: ObjectStorage): Archive {
  const archive = createArchive(storage)
  onTestFinished(() => archive.close())
  return archive
}

let root: string
let archive: Archive
beforeEach(() => {
  root = testFolder()
  archive = open(createDiskStorage({ root }))
})

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** A run whose data.json is this. */
function putRun(data: unknown): RunKey {
  put(`${FOLDER}/data.json`, typeof data === 'string' ? data : JSON.stringify(data))
  return RECORD
}

describe('the archive of a real site', () => {
  const site = () => open(createDiskStorage({ root: join(DATA, 'archive') }))

  test('tells its clusters and its runs', async () => {
    const clusters = await site().clusters()
    expect(clusters.map(({ name }) => name)).toEqual(['emmy', 'fritz'])
    const runs = await Array.fromAsync(site().runs((path, reason) => expect.fail(`${path}: ${reason}`)))
    expect(runs).toEqual([await site().record(EMMY)])
    expect(runs[0]).toMatchObject({ jobId: EMMY.jobId, cluster: 'emmy', startedAt: EMMY.startedAt })
  })

  test('gives only the metrics that are asked for', async () => {
    const curves = await site().curves(EMMY, { metrics: ['mem_bw', 'nope'], scopes: ['node', 'core'] })
    expect(
      curves.map(({ metric, scope, unit, timestepSeconds }) => ({ metric, scope, unit, timestepSeconds })),
    ).toEqual([{ metric: 'mem_bw', scope: 'node', unit: { base: 'B/s', prefix: 'G' }, timestepSeconds: 60 }])
    expect(curves[0]!.series).toHaveLength(32)
    expect(curves[0]!.series[0]!.statistics).toEqual({ min: 3.07, avg: 64.5, max: 74.13 })
    expect(curves[0]!.series[0]!.values).toHaveLength(1441)
    expect(await site().curves(EMMY, { scopes: ['core'] })).toEqual([])
  })

  test('goes through an archive of our own without a change in any number', async () => {
    const record = await site().record(EMMY)
    const curves = await site().curves(EMMY)
    await archive.store({ ...record, id: 1, tags: [] }, curves)
    expect(await archive.record(EMMY)).toEqual(record)
    const read = await archive.curves(EMMY)
    // The one metric that is not of two decimals in the original.
    const [ipc, others] = [read.filter(isIpc), read.filter((one) => !isIpc(one))]
    expect(others).toEqual(curves.filter((one) => !isIpc(one)))
    expect(ipc[0]!.series.map(({ values }) => values)).toEqual(
      curves.find(isIpc)!.series.map(({ values }) => values.map(roundHundredth)),
    )
    const written = JSON.parse(gunzipSync(readFileSync(join(root, EMMY_FOLDER, 'data.json.gz'))).toString())
    const original = JSON.parse(gunzipSync(readFileSync(join(DATA, 'archive', EMMY_FOLDER, 'data.json.gz'))).toString())
    expect(written.cpu_load).toEqual(original.cpu_load)
    expect(readFileSync(join(root, 'version.txt'), 'utf8')).toBe('3\n')
  })

  test('is copied byte by byte', async () => {
    await site().copy(EMMY, archive)
    for (const file of ['meta.json', 'data.json.gz'])
      expect(readFileSync(join(root, EMMY_FOLDER, file))).toEqual(
        readFileSync(join(DATA, 'archive', EMMY_FOLDER, file)),
      )
    expect(await archive.curves(EMMY, { metrics: ['clock'] })).toHaveLength(1)
  })
})

const bytesOf = ({ buffer }: Float64Array) => Buffer.from(buffer as ArrayBuffer)
const isIpc = ({ metric }: JobMetric) => metric === 'ipc'

test.each(['fritzError', 'fritzMinimal'])(
  'the curves of the import %s are read, by node, socket and core',
  async (name) => {
    const { jobId, startTime } = JSON.parse(readFileSync(join(DATA, 'import', `${name}-golden.json`), 'utf8'))
    const folder = join(root, `fritz/${Math.floor(jobId / 1000)}/${jobId % 1000}/${startTime}`)
    cpSync(join(DATA, 'import', `data-${name}.json`), join(folder, 'data.json'))
    cpSync(join(DATA, 'import', `meta-${name}.input`), join(folder, 'meta.json'))
    const key = { cluster: 'fritz', jobId, startedAt: startTime * 1000 }
    const curves = await archive.curves(key)
    expect(new Set(curves.map(({ scope }) => scope))).toEqual(new Set(['node', 'socket', 'core']))
    expect(curves.every(({ series }) => series.every(({ values }) => values.length > 0))).toBe(true)
    const perCore = curves.find(({ metric, scope }) => metric === 'cpu_user' && scope === 'core')
    expect(perCore!.series.map(({ id }) => id)).toContain('71')
    expect(await Array.fromAsync(archive.runs(() => expect.fail()))).toEqual([await archive.record(key)])
  },
)

describe('curves', () => {
  test('come back as they were stored, with gaps, ids, scopes and statistics series', async () => {
    const all = Float64Array.of(1, Number.NaN, 2.5)
    const curves = [
      aMetric({ series: [aSeries('a', [1, null, 2.24]), aSeries('b', [null])], unit: { base: 'B', prefix: 'G' } }),
      aMetric({
        scope: 'core',
        series: [aSeries('a', [-0.02, 1e9], '0'), aSeries('a"\n', [0], '1')],
        timestepSeconds: 5,
      }),
      aMetric({ metric: 'ipc', series: [], statisticsSeries: { mean: all, median: all, min: all, max: all } }),
    ]
    await archive.store(RECORD, curves)
    expect(await archive.curves(RECORD)).toEqual(curves)
    expect(await archive.curves(RECORD, { scopes: ['core'] })).toEqual([curves[1]])
  })

  test('have two decimals', async () => {
    await archive.store(RECORD, [
      aMetric({ series: [aSeries('a', [1.005, 0.333_33, 1e300, Number.POSITIVE_INFINITY])] }),
    ])
    const [{ series }] = (await archive.curves(RECORD)) as [JobMetric]
    expect([...series[0]!.values]).toEqual([1, 0.33, 1e300, Number.NaN])
  })

  test('of a run without any are none', async () => {
    await archive.store(RECORD, [])
    expect(await archive.curves(RECORD)).toEqual([])
  })

  test('belong to who asked, also while another one asks', async () => {
    await archive.store(RECORD, [aMetric({ series: [aSeries('a', [1])] })])
    const [one, other] = await Promise.all([archive.curves(RECORD), archive.curves(RECORD)])
    one[0]!.series[0]!.values.fill(9)
    expect(other[0]!.series[0]!.values[0]).toBe(1)
    expect((await archive.curves(RECORD))[0]!.series[0]!.values[0]).toBe(1)
  })

  test('that were stored anew are the new ones', async () => {
    await archive.store(RECORD, [aMetric({ series: [aSeries('a', [1])] })])
    await archive.curves(RECORD)
    await archive.store(RECORD, [aMetric({ series: [aSeries('a', [2])] })])
    expect((await archive.curves(RECORD))[0]!.series[0]!.values[0]).toBe(2)
  })

  test('are read a second time without the file', async () => {
    await archive.store(RECORD, [aMetric({ series: [aSeries('a', [1])] })])
    await archive.curves(RECORD)
    writeFileSync(join(root, FOLDER, 'data.json.gz'), 'damaged')
    expect(await archive.curves(RECORD)).toHaveLength(1)
  })

  test('of old files are read: units in one word, ids by number, statistics and timesteps left out', async () => {
    const key = putRun({
      cpu_load: { node: { unit: 'load', series: [{ hostname: 'a', data: [1, null, 3] }] }, rack: 'unknown' },
      mem_bw: {
        core: { unit: { base: 'B/s', prefix: null }, timestep: 30, series: [{ hostname: 'a', id: 7, data: null }] },
      },
    })
    expect(await archive.curves(key)).toEqual([
      aMetric({ unit: { base: 'load', prefix: '' }, series: [aSeries('a', [1, null, 3])] }),
      aMetric({
        ...{ metric: 'mem_bw', scope: 'core', unit: { base: 'B/s', prefix: '' }, timestepSeconds: 30 },
        series: [aSeries('a', [], '7')],
      }),
    ])
  })

  test.each<[string, unknown, RegExp]>([
    [
      'is cut off',
      '{"cpu_load":{"node":{"series":[{"hostname":"a","data":[1,2',
      /data\.json.* cannot be read: it ends within/,
    ],
    ['is no object', '[1,2]', /byte 0 should be "\{"/],
    ['is empty', '', /it ends too early/],
    ['has no series', { cpu_load: { node: { series: 7 } } }, /cpu_load\.node: there should be a list/],
    ['has a list for a scope', { cpu_load: { node: [] } }, /cpu_load\.node: there should be an object/],
    ['has text in place of a metric', { cpu_load: 'high' }, /should be "\{"/],
    ['is text that goes on for ever', `{"${'\\'.repeat(999)}`, /it ends within a text/],
  ])('of a file that %s are refused with the place, and the next file is read', async (_, data, message) => {
    const key = putRun(data)
    await expect(archive.curves(key)).rejects.toThrow(message)
    await expect(archive.curves(key)).rejects.toMatchObject({ code: 'unavailable' })
    await archive.store(RECORD, [])
    expect(await archive.curves(RECORD)).toEqual([])
  })

  test('of another metric than the damaged one are read', async () => {
    const key = putRun('{"bad":{"node":{"series":[nonsense]}},"good":{"node":{"series":[]}}}')
    expect(await archive.curves(key, { metrics: ['good'] })).toHaveLength(1)
    await expect(archive.curves(key)).rejects.toThrow(/bad\.node/)
  })

  test('of a damaged gzip are refused', async () => {
    put(`${FOLDER}/data.json.gz`, gzipSync('{}').subarray(0, 12))
    await expect(archive.curves(RECORD)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('of names that objects inherit are like any others', async () => {
    const key = putRun('{"__proto__":{"node":{"series":[]}},"constructor":{"node":{"series":[]}}}')
    expect((await archive.curves(key)).map(({ metric }) => metric)).toEqual(['__proto__', 'constructor'])
  })
})

describe('a run', () => {
  test('that is not there is not found, by the name of its file', async () => {
    await expect(archive.record(RECORD)).rejects.toThrow(new RegExp(`${FOLDER}/meta.json`))
    await expect(archive.curves(RECORD)).rejects.toMatchObject({ code: 'not_found' })
    await expect(archive.curves(RECORD)).rejects.toThrow(new RegExp(`${FOLDER}/data.json.gz`))
  })

  test('that is removed leaves nothing, in either spelling', async () => {
    await archive.store(RECORD, [])
    putRun({})
    await archive.remove(RECORD)
    expect(existsSync(join(root, FOLDER))).toBe(false)
    await expect(archive.curves(RECORD)).rejects.toMatchObject({ code: 'not_found' })
    await archive.remove(RECORD)
  })

  test('gets its new tags, and none where it is not archived', async () => {
    const tagged = { ...RECORD, tags: [{ id: 1, type: 'app', name: 'vasp', scope: 'global' }] }
    await archive.update(tagged)
    expect(existsSync(join(root, FOLDER))).toBe(false)
    await archive.store(RECORD, [])
    await archive.update(tagged)
    expect((await archive.record(RECORD)).tags).toEqual([{ type: 'app', name: 'vasp', scope: 'global' }])
  })

  test('has its meta.json only when its curves are whole', async () => {
    const disk = createDiskStorage({ root })
    const full = new DomainError('unavailable', 'the disk is full')
    const failing = open(
      Object.assign(Object.create(disk), {
        put: (key: string, ...rest: [Buffer]) =>
          key.endsWith('data.json.gz') ? Promise.reject(full) : disk.put(key, ...rest),
        ...{ head: disk.head.bind(disk), get: disk.get.bind(disk) },
      }),
    )
    await expect(failing.store(RECORD, [])).rejects.toThrow('the disk is full')
    expect(existsSync(join(root, FOLDER, 'meta.json'))).toBe(false)
  })

  test('that is copied before its nightly compression takes the place of a compressed one', async () => {
    const key = putRun({ new: { node: { series: [] } } })
    await archive.update(RECORD)
    put(`${FOLDER}/meta.json`, '{}')
    const target = open(createDiskStorage({ root: testFolder() }))
    await target.store(RECORD, [aMetric({ series: [] })])
    await archive.copy(key, target)
    expect((await target.curves(key)).map(({ metric }) => metric)).toEqual(['new'])
  })
})

test('what cannot be read is told and passed over, and the others come in the order of their folders', async () => {
  for (const jobId of [5, 1, 3]) await archive.store({ ...RECORD, jobId }, [])
  put('fritz/0/003/1700000000/meta.json', '{"jobId":')
  put('fritz/0/004/1700000000/meta.json', readFileSync(join(root, 'fritz/0/001/1700000000/meta.json')))
  put('fritz/notes/meta.json', 'by hand')
  const told: string[] = []
  const runs = await Array.fromAsync(archive.runs((path, reason) => told.push(`${path}: ${reason}`)))
  expect(runs.map(({ jobId }) => jobId)).toEqual([1, 5])
  expect(told).toEqual([
    expect.stringMatching(/^fritz\/0\/003\/1700000000\/meta\.json: .*it is not JSON/),
    expect.stringMatching(/^fritz\/0\/004\/.*belongs into fritz\/0\/001\/1700000000\/meta\.json/),
  ])
})

test('clusters are stored and read, and refused with their file and what to write', async () => {
  const source = JSON.parse(readFileSync(join(DATA, 'archive/emmy/cluster.json'), 'utf8'))
  await archive.storeCluster('emmy', source)
  await archive.store(RECORD, [])
  const [emmy, ...others] = await archive.clusters()
  expect([emmy?.source, others]).toEqual([source, []])
  await expect(archive.storeCluster('meggie', source)).rejects.toThrow(
    'meggie/cluster.json: name is "emmy"; write "meggie"',
  )
  put('woody/cluster.json', JSON.stringify({ ...source, name: 'w' }))
  await expect(archive.clusters()).rejects.toThrow(`${root}/woody/cluster.json: name is "w"; write "woody"`)
  put('woody/cluster.json', JSON.stringify({ ...source, name: 'woody', metricConfig: {} }))
  await expect(archive.clusters()).rejects.toThrow('woody/cluster.json: metricConfig is {}; write a list')
})

test('an archive that is not there yet has no clusters and no runs', async () => {
  expect(await archive.clusters()).toEqual([])
  expect(await Array.fromAsync(archive.runs(() => expect.fail()))).toEqual([])
})

test('a day of 64 nodes is stored and read while others have their turn', { timeout: 60_000 }, async () => {
  const day = Array.from({ length: 64 }, (_, index) => wildSeries(`n${index}`, 1440))
  const curves = Array.from({ length: 10 }, (_, index) => aMetric({ metric: `m${index}`, series: day }))
  let turns = 0
  let turn = setImmediate(function next() {
    turns += 1
    turn = setImmediate(next)
  })
  await archive.store(RECORD, curves)
  const [read] = await archive.curves(RECORD, { metrics: ['m7'] })
  clearImmediate(turn)
  const same = read!.series.filter(
    ({ values }, index) => Buffer.compare(bytesOf(values), bytesOf(day[index]!.values)) === 0,
  )
  expect(same).toHaveLength(64)
  expect(turns).toBeGreaterThan(100)
})

test('reading that is under way when the archive closes is given up', async () => {
  await archive.store(RECORD, [aMetric({ series: [wildSeries('a', 100_000)] })])
  const reading = archive.curves(RECORD)
  const refused = expect(reading).rejects.toMatchObject({ code: 'unavailable' })
  await archive.close()
  await refused
})
