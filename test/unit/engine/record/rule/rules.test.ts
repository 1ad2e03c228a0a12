/** Rules as files, and what they find. */

import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLog } from '../../../../../src/base/log.ts'
import { judge, readRule, renderHint } from '../../../../../src/engine/record/rule/class-rule.ts'
import { readExpression } from '../../../../../src/engine/record/rule/expression.ts'
import type { JobRecord, MetricStatistics } from '../../../../../src/job/record.ts'
import type { NewRecord } from '../../../../../src/store/record-store.ts'
import { testFolder } from '../../../../support/folder.ts'
import type { RecordHouseOptions } from '../../../../support/record-house.ts'
import { administrator, aPerson, makeRecordHouse, reporter } from '../../../../support/record-house.ts'
import { aNewRecord, aReport, aResource } from '../../../../support/records.ts'

describe('an expression', () => {
  const scope = {
    job: { shared: 'none', duration: 600, numCores: 3 },
    cpu_load: { avg: 80.5, limits: { peak: 72 } },
    f: 1.5,
  }

  test.each([
    ['job.shared == "none"', true],
    ['job.duration > 300', true],
    ['cpu_load.avg > cpu_load.limits.peak * f', false],
    ['cpu_load.limits.peak * 2 == 144', true],
    ['job.numCores / 2 > 1.4', true],
    ['1 + 0.5 < 2 and not (job.numCores != 3)', true],
    ['job.shared in ["none", "and"] or 1 > 2', true],
    ['job.shared == "x and y"', false],
    ['-1 * cpu_load.avg < 0', true],
  ])('%s is %s', (text, value) => {
    expect(readExpression(text)(scope)).toBe(value)
  })

  test('that cannot be read is refused with its place', () => {
    expect(() => readExpression('a +* b')).toThrow(/Unexpected token: MULTIPLY \(at character 4\)/)
  })
})

describe('a rule', () => {
  const source = {
    name: 'Too much load',
    tag: 'highload',
    parameters: ['factor', 'least'],
    metrics: ['cpu_load'],
    requirements: ['job.shared == "none"', 'job.duration > least'],
    variables: [{ name: 'threshold', expr: 'cpu_load.limits.peak * factor' }],
    rule: 'cpu_load.avg > threshold',
    hint: 'load {{.cpu_load.avg}} exceeds {{.threshold}} {{.nope}}',
  }
  const facts = (avg: number, duration = 600) => ({
    job: { shared: 'none', duration },
    cpu_load: { avg, limits: { peak: 72 } },
  })

  test('in the form of the reference finds its case, and says so in its hint', () => {
    const rule = readRule(JSON.stringify(source), { factor: 1.1, least: 300 })
    expect(judge(rule, facts(90.123))).toEqual({ tag: 'highload', hint: 'load 90.12 exceeds 79.2 {{.nope}}' })
    expect(judge(rule, facts(20))).toBeUndefined()
    expect(judge(rule, facts(90, 10))).toBeUndefined()
  })

  test.each([
    ['no JSON', '{', /JSON/],
    ['a missing part', JSON.stringify({ ...source, tag: undefined }), /^\/: .*tag/],
    [
      'an unknown parameter',
      JSON.stringify({ ...source, parameters: ['nope'] }),
      /there is no "nope" in parameters.json/,
    ],
    ['an expression that is none', JSON.stringify({ ...source, rule: '(a' }), /^\/rule: .*at character/],
  ])('with %s is refused with the place', (_, text, reason) => {
    expect(() => readRule(text, { factor: 1, least: 1 })).toThrow(reason)
  })

  test('shows no more of a value than somebody needs', () => {
    expect(renderHint('{{ .a.b }} {{.a}} {{.constructor}}', { a: { b: 1.23456 } })).toBe('1.23 {{.a}} {{.constructor}}')
  })
})

const statistics = (values: Record<string, Partial<MetricStatistics>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, some]) => [
      name,
      { unit: { base: '', prefix: '' }, avg: 0, min: 0, max: 0, ...some },
    ]),
  )

/** The tags and the message of a run once the class tagger has gone over it. */
async function classified(changes: Partial<NewRecord>, options: RecordHouseOptions = {}) {
  const house = await makeRecordHouse(options)
  const run = aNewRecord({ state: 'completed', durationMs: 600_000, monitoring: 'disabled', ...changes })
  const id = await house.store.records.import(run, [])
  house.keeping.taggers.run(administrator, 'JobClassTagger')
  expect(house.keeping.taggers.list()).toMatchObject([{ running: false }, { name: 'JobClassTagger', running: true }])
  await expect.poll(() => house.keeping.taggers.list().some(({ running }) => running)).toBe(false)
  const record = (await house.store.records.get(id)) as JobRecord
  return { house, tags: record.tags.map(({ type, name }) => `${type}/${name}`), message: record.metaData?.message }
}

describe('the rules of a new server', () => {
  const own = {
    cluster: 'vnc',
    subCluster: 'host',
    origin: 'engine',
    attempt: 1,
    shared: 'multi_user',
    resources: [aResource({ hostname: 'node01' })],
    numHwthreads: 4,
  } as const

  test.each<[string, Partial<NewRecord>, string[]]>([
    ['an idle job', { ...own, statistics: statistics({ job_cpu: { avg: 0.01 } }) }, ['jobClass/idle']],
    ['an idle node', { statistics: statistics({ cpu_load: { avg: 0.5 } }) }, ['jobClass/idle']],
    [
      'a job that uses half of its slots',
      { ...own, statistics: statistics({ job_cpu: { avg: 1 } }) },
      ['jobClass/lowCpu'],
    ],
    ['nodes with little load', { statistics: statistics({ cpu_load: { avg: 30 } }) }, ['jobClass/lowCpu']],
    [
      'a job that takes more than its slots',
      { ...own, statistics: statistics({ job_cpu: { avg: 6 } }) },
      ['jobClass/highLoad'],
    ],
    ['overloaded nodes', { statistics: statistics({ cpu_load: { avg: 144 } }) }, ['jobClass/highLoad']],
    [
      'a job bound by memory bandwidth',
      { statistics: statistics({ mem_bw: { avg: 70 }, flops_any: { avg: 5 } }) },
      ['jobClass/memoryBound'],
    ],
    [
      'a job that asked for far too much memory',
      { ...own, requestedMemoryMb: 16_000, statistics: statistics({ job_mem: { max: 1 } }) },
      ['jobClass/wrongMemory'],
    ],
    [
      'a job that used more memory than it asked for',
      { ...own, requestedMemoryMb: 1000, statistics: statistics({ job_mem: { max: 2 } }) },
      ['jobClass/wrongMemory'],
    ],
    ['a job that failed at once', { state: 'failed', durationMs: 2000 }, ['jobClass/failedEarly']],
    ['a job that did well', { ...own, statistics: statistics({ job_cpu: { avg: 3.9 }, job_mem: { max: 1 } }) }, []],
  ])('know %s', async (_, changes, expected) => {
    const { tags, message } = await classified(changes)
    expect(tags).toEqual(expected)
    if (expected.length > 0) expect(message).toMatch(/^It |^Its |^The /)
    expect(message ?? '').not.toContain('{{')
  })

  test('come once: what somebody has emptied stays empty', async () => {
    const dataDir = testFolder()
    const house = await makeRecordHouse({ dataDir })
    const rules = join(dataDir, 'tagger', 'jobclasses')
    expect((await readdir(rules)).length).toBeGreaterThan(8)
    await rm(rules, { recursive: true })
    await house.keeping.stop()
    await makeRecordHouse({ dataDir })
    expect(await readdir(join(dataDir, 'tagger'))).toEqual(['apps'])
  })
})

describe('taggers', () => {
  test('tag a run with its program when it begins', async () => {
    const { keeping } = await makeRecordHouse()
    const metaData = { jobScript: '#!/bin/bash\nsrun vasp_std > out\n' }
    const { id } = await keeping.records.start(reporter, aReport({ metaData }))
    await keeping.flush()
    expect((await keeping.records.get(reporter, id)).tags).toMatchObject([
      { type: 'app', name: 'vasp', scope: 'global' },
    ])
  })

  test('look at a failed run of the engine however brief it was', async () => {
    const house = await makeRecordHouse()
    const run = aNewRecord({
      cluster: 'vnc',
      subCluster: 'host',
      origin: 'engine',
      attempt: 1,
      state: 'failed',
      durationMs: 20,
      resources: [aResource({ hostname: 'node01' })],
    })
    const id = await house.store.records.import(run, [])
    const over = house.settled(id)
    house.clock.turn(70_000)
    expect(await over).toMatchObject({ monitoring: 'disabled', tags: [{ type: 'jobClass', name: 'failedEarly' }] })
  })

  test('are not for everybody to run, nor twice at once', async () => {
    const { keeping } = await makeRecordHouse()
    const { taggers } = keeping
    expect(() => taggers.run(aPerson('alice'), 'AppTagger')).toThrow(/role admin/)
    expect(() => taggers.run(administrator, 'bogus')).toThrow('unknown tagger: bogus')
    taggers.run(administrator, 'AppTagger')
    expect(() => taggers.run(administrator, 'AppTagger')).toThrow('already running')
  })

  test('tell once of a broken file, and go on with the others until it is mended', async () => {
    const dataDir = testFolder()
    const rules = join(dataDir, 'tagger', 'jobclasses')
    await mkdir(rules, { recursive: true })
    const rule = { name: 'r', tag: 'any', rule: 'job.duration > 1' }
    await writeFile(join(rules, 'good.json'), JSON.stringify(rule))
    await writeFile(join(rules, 'bad.json'), '{\n  "name": "x",\n  broken')
    const lines: { file?: string; reason?: string }[] = []
    const log = createLog({
      level: 'warn',
      destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
    })
    const { tags, house } = await classified({}, { dataDir, log })
    expect(tags).toEqual(['jobClass/any'])
    const run = async () => {
      house.clock.turn(6000)
      house.keeping.taggers.run(administrator, 'JobClassTagger')
      await expect.poll(() => house.keeping.taggers.list().some(({ running }) => running)).toBe(false)
    }
    await run()
    expect(lines).toMatchObject([{ file: join(rules, 'bad.json'), reason: expect.stringMatching(/line 3 column 3/) }])
    await writeFile(join(rules, 'bad.json'), JSON.stringify({ ...rule, tag: 'mended' }))
    await utimes(join(rules, 'bad.json'), 1, 1)
    await run()
    const [record] = (
      await house.keeping.records.list(administrator, {
        filter: { kind: 'all' },
        order: [],
        offset: 0,
        limit: 1,
        withTotal: false,
      })
    ).records
    expect(record?.tags.map(({ name }) => name).toSorted()).toEqual(['any', 'mended'])
    expect(lines).toHaveLength(1)
  })
})
