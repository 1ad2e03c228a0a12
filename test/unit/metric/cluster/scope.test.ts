import { describe, expect, test } from 'vitest'
import type { Topology } from '../../../../src/metric/cluster/cluster.ts'
import { type HostShare, translateScope } from '../../../../src/metric/cluster/scope.ts'
import type { Scope } from '../../../../src/metric/metric.ts'

/** Two sockets with a memory domain each, four cores of two threads. */
const TOPOLOGY: Topology = {
  node: [0, 1, 2, 3, 4, 5, 6, 7],
  socket: [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ],
  memoryDomain: [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ],
  die: [],
  core: [
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
  ],
  accelerators: [],
}
const WHOLE: HostShare = { topology: TOPOLOGY, hwthreads: TOPOLOGY.node, accelerators: ['gpu0', 'gpu1'] }

describe('of a whole host', () => {
  test.each<[native: Scope, requested: Scope, ...read: [Scope, number, boolean]]>([
    ['hwthread', 'hwthread', 'hwthread', 1, false],
    ['hwthread', 'core', 'core', 4, true],
    ['hwthread', 'memoryDomain', 'memoryDomain', 2, true],
    ['hwthread', 'socket', 'socket', 2, true],
    ['hwthread', 'node', 'node', 1, true],
    ['core', 'core', 'core', 1, false],
    ['core', 'socket', 'socket', 2, true],
    ['core', 'node', 'node', 1, true],
    ['memoryDomain', 'memoryDomain', 'memoryDomain', 1, false],
    ['memoryDomain', 'socket', 'socket', 2, true],
    ['memoryDomain', 'node', 'node', 1, true],
    ['socket', 'socket', 'socket', 1, false],
    ['socket', 'node', 'node', 1, true],
    ['accelerator', 'accelerator', 'accelerator', 1, false],
    ['accelerator', 'node', 'node', 1, true],
    ['accelerator', 'core', 'core', 0, true],
    ['socket', 'hwthread', 'socket', 1, false],
    ['core', 'hwthread', 'core', 1, false],
    ['hwthread', 'accelerator', 'hwthread', 1, false],
  ])(
    '%s values asked for at %s are read at %s in %i queries, aggregated: %s',
    (native, requested, ...[scope, count, aggregate]) => {
      const translation = translateScope(native, requested, WHOLE)
      expect(translation.scope).toBe(scope)
      expect(translation.reads).toHaveLength(count)
      expect(translation.reads.every((read) => read.aggregate === aggregate && read.level === native)).toBe(true)
    },
  )
})

test('a node metric is one read of the node, whatever finer scope was asked for', () => {
  for (const requested of ['node', 'core', 'accelerator'] as const)
    expect(translateScope('node', requested, WHOLE)).toEqual({
      scope: 'node',
      reads: [{ level: 'node', ids: [], aggregate: true, seriesId: null }],
    })
})

test('an aggregated curve has the number of its socket or core', () => {
  const { reads } = translateScope('hwthread', 'core', WHOLE)
  expect(reads.map(({ seriesId, ids }) => [seriesId, ids])).toEqual([
    ['0', ['0', '1']],
    ['1', ['2', '3']],
    ['2', ['4', '5']],
    ['3', ['6', '7']],
  ])
  expect(translateScope('core', 'socket', WHOLE).reads.map(({ ids }) => ids)).toEqual([
    ['0', '1'],
    ['2', '3'],
  ])
})

test('of a shared host only what the job has is read', () => {
  const share = { ...WHOLE, hwthreads: [4, 5], accelerators: ['gpu1'] }
  expect(translateScope('hwthread', 'node', share).reads[0]!.ids).toEqual(['4', '5'])
  expect(translateScope('hwthread', 'core', share).reads.map(({ seriesId }) => seriesId)).toEqual(['2'])
  expect(translateScope('core', 'core', share).reads[0]!.ids).toEqual(['2'])
  expect(translateScope('socket', 'node', share).reads[0]!.ids).toEqual(['1'])
  expect(translateScope('accelerator', 'node', share).reads[0]!.ids).toEqual(['gpu1'])
})

test('a job without a list of threads has the whole host, and one without accelerators has none of them', () => {
  const share = { ...WHOLE, hwthreads: [], accelerators: [] }
  expect(translateScope('hwthread', 'node', share).reads[0]!.ids).toHaveLength(8)
  expect(translateScope('accelerator', 'node', share).reads).toEqual([])
  expect(translateScope('accelerator', 'accelerator', share).reads).toEqual([])
})

test('threads that the host does not have make no read, rather than one of everything', () => {
  for (const scope of ['hwthread', 'core', 'socket', 'node'] as const)
    expect(translateScope('hwthread', scope, { ...WHOLE, hwthreads: [99] }).reads).toEqual([])
})
