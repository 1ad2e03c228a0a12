import { expect, test } from 'vitest'
import { Tree } from '../../../../src/metric/memory/tree.ts'
import { dropOld, fitInto, removeEmpty } from '../../../../src/metric/memory/upkeep.ts'

const STEP = 1000
const NOW = 1_795_238_185_000

function treeWith(hosts: readonly string[], count: number): Tree {
  const tree = new Tree()
  tree.now = NOW
  tree.configure([{ cluster: 'c', metrics: [{ name: 'm', timestepMs: STEP, aggregation: 'avg' }] }])
  for (const host of hosts) {
    const series = tree.series({ cluster: 'c', host, level: 'node', id: '' }, 'm')!
    for (let index = 0; index < count; index += 1) tree.keep(series, NOW - (count - index) * STEP, index)
  }
  return tree
}

const chunksOf = (tree: Tree) => [...tree.every()].map(({ place, chunks }) => [place.host, chunks.length])

test('memory that runs short costs the oldest of every series first', () => {
  const tree = treeWith(['a', 'b'], 5 * 512)
  const full = tree.bytes
  fitInto(tree, full * 0.7)
  expect(tree.bytes).toBeLessThanOrEqual(full * 0.7 * 0.9)
  expect(chunksOf(tree)).toEqual([
    ['a', 3],
    ['b', 3],
  ])
})

test('series of which nothing is left go as well', () => {
  const tree = treeWith(
    Array.from({ length: 1000 }, (_, index) => `h${index}`),
    1,
  )
  fitInto(tree, 100_000)
  expect(tree.bytes).toBeLessThanOrEqual(100_000)
  expect(tree.count).toBeLessThan(60)
  expect([...tree.every()]).toHaveLength(tree.count)
})

test('age costs what lies before the horizon, but where jobs run', () => {
  const tree = treeWith(['a', 'b'], 2 * 512)
  tree.horizon = NOW - 300 * STEP
  tree.retained = new Map([['c', new Set(['b'])]])
  dropOld(tree)
  expect(chunksOf(tree)).toEqual([
    ['a', 1],
    ['b', 2],
  ])
  tree.horizon = NOW + STEP
  dropOld(tree)
  removeEmpty(tree)
  expect(chunksOf(tree)).toEqual([['b', 2]])
})

test('a run that ended before the horizon goes, also from a host where others run', () => {
  const tree = treeWith(['a'], 10)
  const keep = (id: string, at: number) =>
    tree.keep(tree.series({ cluster: 'c', host: 'a', level: 'job', id }, 'm')!, at, 1)
  keep('ended', NOW - 900 * STEP)
  keep('running', NOW - 900 * STEP)
  keep('running', NOW)
  tree.retained = new Map([['c', new Set(['a'])]])
  tree.horizon = NOW - 500 * STEP
  dropOld(tree)
  removeEmpty(tree)
  expect([...tree.every()].map(({ place, chunks }) => [place.id, chunks.length])).toEqual([
    ['', 1],
    ['running', 2],
  ])
})

test('a series of a short run takes a small part of a full chunk', () => {
  const runs = Array.from({ length: 1000 }, (_, index) => `h${index}`)
  expect(treeWith(runs, 10).bytes / 1000).toBeLessThan(2000)
})
