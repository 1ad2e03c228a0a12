/** How nodes stand. */

import { describe, expect, test } from 'vitest'
import { nodeStateOf } from '../../../../src/engine/record/node-watch.ts'
import type { NodeStanding } from '../../../../src/engine/record/nodes.ts'
import { aPerson, makeRecordHouse, reporter } from '../../../support/record-house.ts'

function standing(hostname: string, ...states: string[]): NodeStanding {
  return { hostname, states, cpusAllocated: 72, memoryAllocatedMb: 1000, gpusAllocated: 0, jobsRunning: 1 }
}

describe('the state of a node', () => {
  test.each([
    [['ALLOCATED', 'MIXED'], 'allocated'],
    [['mixed', 'Reserved', 'IDLE'], 'reserved'],
    [['IDLE', 'DOWN'], 'down'],
    [['idle', 'drain'], 'idle'],
    [['MIXED', 'DOWN'], 'down'],
    [['MIXED'], 'mixed'],
    [['DRAIN'], 'unknown'],
    [[], 'unknown'],
  ])('%j is %s', (words, state) => {
    expect(nodeStateOf(words)).toBe(state)
  })
})

describe('a report', () => {
  test('says how nodes stand and whether their values arrive; of one that is down none are expected', async () => {
    const { keeping, metrics } = await makeRecordHouse()
    for (const host of ['f0001', 'f0002'])
      metrics.healths.set(host, { host, state: 'partial', missing: ['mem_bw'], stale: ['cpu_load'] })
    await keeping.nodes.report(reporter, 'fritz', [
      standing('f0001', 'idle'),
      standing('f0002', 'DOWN'),
      standing('f0003', 'mixed'),
    ])
    const reports = await keeping.nodes.latest(aPerson('sue', { roles: ['support'] }), 'fritz')
    expect(reports).toMatchObject([
      {
        hostname: 'f0001',
        state: 'idle',
        health: 'partial',
        unhealthy: { missing: ['mem_bw'], stale: ['cpu_load'] },
        subCluster: 'main',
      },
      { hostname: 'f0002', state: 'down', health: 'full', unhealthy: { missing: [], stale: [] } },
      { hostname: 'f0003', state: 'mixed', health: 'full', cpusAllocated: 72, memoryAllocatedMb: 1000, jobsRunning: 1 },
    ])
  })

  test('passes over clusters and hosts that nobody described, and takes the others', async () => {
    const { keeping } = await makeRecordHouse()
    await keeping.nodes.report(reporter, 'nope', [standing('f0001', 'idle')])
    await keeping.nodes.report(reporter, 'fritz', [standing('stranger', 'idle'), standing('f0001', 'idle')])
    expect((await keeping.nodes.latest(reporter)).map(({ hostname }) => hostname)).toEqual(['f0001'])
  })

  test('is not for a person to make, nor for a user to see', async () => {
    const { keeping } = await makeRecordHouse()
    const alice = aPerson('alice')
    await expect(keeping.nodes.report(alice, 'fritz', [])).rejects.toMatchObject({ code: 'forbidden' })
    await expect(keeping.nodes.latest(alice)).rejects.toMatchObject({ code: 'forbidden' })
  })
})
