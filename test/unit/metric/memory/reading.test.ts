import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aggregate, readSeries } from '../../../../src/metric/memory/reading.ts'
import { Tree } from '../../../../src/metric/memory/tree.ts'

const STEP = 60_000
const T0 = 1_795_238_160_000
const SLOTS = 3000

function aTree(): Tree {
  const tree = new Tree()
  tree.now = T0 + SLOTS * STEP
  tree.configure([{ cluster: 'c', metrics: [{ name: 'm', timestepMs: STEP, aggregation: 'avg' }] }])
  return tree
}

function curve(tree: Tree, from: number, to: number): number[] {
  const place = { cluster: 'c', host: 'h', metric: 'm', level: 'node', ids: [], aggregate: false } as const
  return [...(readSeries(tree, { ...place, from, to })[0]?.curve.values ?? [])]
}

test('every slot has the last value that came for it, in whatever order, and up to a quarter of a step early or late', () => {
  const value = fc.tuple(fc.nat(SLOTS), fc.integer({ min: -14, max: 14 }), fc.integer())
  const check = (values: [slot: number, offsetSeconds: number, value: number][]) => {
    const tree = aTree()
    const series = tree.series({ cluster: 'c', host: 'h', level: 'node', id: '' }, 'm')!
    const expected = new Array<number>(SLOTS + 1).fill(Number.NaN)
    for (const [slot, offsetSeconds, written] of [[0, 0, 1] as const, ...values]) {
      expected[slot] = written
      expect(tree.keep(series, T0 + slot * STEP + offsetSeconds * 1000, written)).toBe(true)
    }
    const last = expected.findLastIndex((entry) => !Number.isNaN(entry))
    expect(curve(tree, T0, T0 + last * STEP)).toEqual(expected.slice(0, last + 1))
    expect(series.chunks.reduce((sum, { points }) => sum + points, 0)).toBe(
      expected.filter((entry) => !Number.isNaN(entry)).length,
    )
  }
  fc.assert(fc.property(fc.array(value, { maxLength: 60 }), check), { seed: 8, numRuns: 300 })
})

test('a span within a chunk, or over the border of two, is cut to its slots', () => {
  const tree = aTree()
  const series = tree.series({ cluster: 'c', host: 'h', level: 'node', id: '' }, 'm')!
  for (let slot = 0; slot < 1100; slot += 1) tree.keep(series, T0 + slot * STEP, slot)
  expect(curve(tree, T0 + 510 * STEP, T0 + 514 * STEP)).toEqual([510, 511, 512, 513, 514])
  expect(curve(tree, T0 + 10 * STEP, T0 + 10 * STEP)).toEqual([10])
  expect(curve(tree, T0 + 5 * STEP, T0 + 4 * STEP)).toEqual([])
})

test('curves are made one value by value; NaN counts for nothing, and nothing of nothing stays NaN', () => {
  const curves = [Float64Array.of(1, Number.NaN, Number.NaN), Float64Array.of(3, 4, Number.NaN)]
  expect([...aggregate(curves, 'sum')!]).toEqual([4, 4, Number.NaN])
  expect([...aggregate(curves, 'avg')!]).toEqual([2, 4, Number.NaN])
  expect(aggregate(curves, 'none')).toBe(undefined)
  expect(aggregate([], 'sum')).toBe(undefined)
})
