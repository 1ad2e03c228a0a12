/** Whatever a file says: an answer or a refusal, at once. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { isDomainError } from '../../../../src/base/errors.ts'
import { openDocument, readCurves } from '../../../../src/metric/archive/curve-reader.ts'
import { parseRecord } from '../../../../src/metric/archive/meta-reader.ts'
import { parseHostList } from '../../../../src/metric/cluster/host-list.ts'
import { parseCluster } from '../../../../src/metric/cluster/reader.ts'
import { jobStatistics } from '../../../../src/metric/statistics.ts'

const DATA = join(import.meta.dirname, '../../../data/cockpit')
const ROUNDS = 400
const SPLICES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  'null',
  '-1',
  '1e999',
  '"x"',
  '{}',
  '[]',
  '\u0000',
  '[[[',
] as const

/** Always the same numbers, so that what fails once fails again. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** The text with a few places overwritten, cut out or doubled. */
function spoiled(text: string, roll: (below: number) => number): string {
  let result = text
  for (let count = 1 + roll(3); count > 0; count--) {
    const at = roll(result.length)
    const until = roll(4) === 0 ? result.length : at + roll(12)
    result =
      result.slice(0, at) + SPLICES[roll(SPLICES.length)]! + (roll(3) === 0 ? result.slice(at) : result.slice(until))
  }
  return result
}

const DATA_JSON = JSON.stringify({
  cpu_load: { node: { unit: { base: '' }, timestep: 60, series: [{ hostname: 'a', id: '0', data: [1, null, 2.5] }] } },
  mem_bw: { core: { statisticsSeries: { mean: [1], median: [1], min: [1], max: [1] }, series: [] } },
})

test('spoiled curves are read or refused with an error', () => {
  const roll = dice(1)
  const open = (text: string) => readCurves(openDocument(Buffer.from(text)), {})
  for (let round = 0; round < ROUNDS * 10; round++) {
    try {
      for (const { series } of open(spoiled(DATA_JSON, roll)))
        for (const { values } of series) expect(values).toBeInstanceOf(Float64Array)
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(TypeError)
    }
  }
})

test.each<[string, (text: string) => unknown, string]>([
  ['meta.json', (text) => parseRecord(text, 'x'), 'archive/emmy/1403/244/1608923076/meta.json'],
  ['cluster.json', (text) => parseCluster(text, 'x'), 'archive/emmy/cluster.json'],
])('a spoiled %s is read or refused with a sentence', (_, read, path) => {
  const roll = dice(2)
  const text = JSON.stringify(JSON.parse(readFileSync(join(DATA, path), 'utf8')))
  for (let round = 0; round < ROUNDS; round++) {
    try {
      read(spoiled(text, roll))
    } catch (error) {
      expect(isDomainError(error, 'invalid') ? '' : error).toBe('')
    }
  }
})

test('a spoiled host list is read or refused with a sentence', () => {
  const roll = dice(3)
  for (let round = 0; round < ROUNDS * 10; round++) {
    try {
      parseHostList(spoiled('login,emmy[01-99],cn-00[13-18,22-24]', roll))
    } catch (error) {
      expect(isDomainError(error, 'invalid') ? '' : error).toBe('')
    }
  }
})

test('a gzip that unpacks to more than there may be is refused', () => {
  expect(() => openDocument(gzipSync(Buffer.alloc(1001, ' ')), 1000)).toThrow(/larger than 1000 bytes/)
})

test('lists within lists without end are refused', () => {
  const deep = `{"m":{"node":{"series":${'['.repeat(200_000)}${']'.repeat(200_000)}}}}`
  const document = openDocument(Buffer.from(deep))
  expect(() => readCurves(document, {})).toThrow(/m\.node: /)
})

test('the statistics of a real job come out as its site wrote them', () => {
  const folder = join(DATA, 'archive/emmy/1403/244/1608923076')
  const document = openDocument(readFileSync(join(folder, 'data.json.gz')))
  const ours = jobStatistics(readCurves(document, {}))
  const { statistics } = parseRecord(readFileSync(join(folder, 'meta.json'), 'utf8'), 'meta.json')
  // The site's own curves of ipc are another quantity than its statistics, and of power it had more values.
  for (const metric of ['mem_bw', 'clock', 'cpu_load', 'flops_any', 'flops_sp', 'flops_dp', 'mem_used']) {
    expect(ours[metric]).toMatchObject({ min: statistics![metric]!.min, max: statistics![metric]!.max })
    expect(Math.abs(ours[metric]!.avg - statistics![metric]!.avg)).toBeLessThan(0.011)
  }
})
