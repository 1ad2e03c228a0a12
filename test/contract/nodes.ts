/** What every store must do with reports of nodes; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NodeStore } from '../../src/store/node-store.ts'
import type { Store } from '../../src/store/store.ts'
import { NOW } from '../support/jobs.ts'
import { aNodeReport } from '../support/records.ts'
import { HOSTILE } from './records.ts'
import type { StoreUnderTest } from './store.ts'

export function nodeContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    let nodes: NodeStore
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
      nodes = store.nodes
    })
    afterEach(() => store.close())

    test('the latest report of each node, by cluster and name', async () => {
      const [first, second, other, elsewhere] = [
        aNodeReport({ hostname: 'f2', at: NOW }),
        aNodeReport({ hostname: 'f2', at: NOW + 1, state: 'down', unhealthy: { missing: ['load'], stale: ['ü'] } }),
        aNodeReport({ hostname: 'f1', at: NOW }),
        aNodeReport({ cluster: 'alex', hostname: 'z' }),
      ]
      await nodes.put([second, first, other, elsewhere])
      expect(await nodes.latest()).toEqual([elsewhere, other, second])
      expect(await nodes.latest('fritz')).toEqual([other, second])
      expect(await nodes.latest('none')).toEqual([])
    })

    test('no report at all is no node', async () => {
      await nodes.put([])
      expect(await nodes.latest()).toEqual([])
    })

    test('the history of a node is in the order of time, both ends included', async () => {
      const reports = [0, 1, 2, 3].map((later) => aNodeReport({ at: NOW + later, jobsRunning: later }))
      await nodes.put(reports.toReversed())
      await nodes.put([aNodeReport({ hostname: 'other' })])
      expect(await nodes.history('fritz', 'f0726', { from: NOW + 1, to: NOW + 2 })).toEqual(reports.slice(1, 3))
    })

    test('a second report of the same moment takes the place of the first', async () => {
      await nodes.put([aNodeReport()])
      await nodes.put([aNodeReport({ state: 'idle' })])
      expect(await nodes.latest()).toEqual([aNodeReport({ state: 'idle' })])
    })

    test('old reports are let go, and counted', async () => {
      await nodes.put(Array.from({ length: 2500 }, (_, later) => aNodeReport({ at: NOW + later })))
      expect(await nodes.removeBefore(NOW + 2499)).toBe(2499)
      expect(await nodes.latest()).toEqual([aNodeReport({ at: NOW + 2499 })])
    })

    test('names may be any text, numbers may not', async () => {
      const reports = HOSTILE.map((text) => aNodeReport({ cluster: text, hostname: text }))
      await nodes.put(reports)
      expect(new Set(await nodes.latest())).toEqual(new Set(reports))
      await expect(nodes.put([aNodeReport({ cpusAllocated: 1e20 })])).rejects.toMatchObject({ code: 'invalid' })
    })
  })
}
