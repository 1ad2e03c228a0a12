/** How much lies in an archive, told from the names of its files alone. */

import type { ObjectStorage } from '../../object-storage/object-storage.ts'
import { isMetaKey } from './layout.ts'

export interface ClusterInventory {
  cluster: string
  runs: number
  sizeBytes: number
  /** Starts of the oldest and the newest run, unix milliseconds; null without runs. */
  oldestAt: number | null
  newestAt: number | null
}

/** By cluster, in the order of their names. @throws unavailable */
export async function takeInventory(storage: ObjectStorage): Promise<ClusterInventory[]> {
  const found = new Map<string, ClusterInventory>()
  for await (const { key, sizeBytes } of storage.list('')) {
    const [cluster, , , start] = key.split('/')
    if (cluster === undefined || cluster === key) continue
    const one = found.get(cluster) ?? { cluster, runs: 0, sizeBytes: 0, oldestAt: null, newestAt: null }
    found.set(cluster, one)
    one.sizeBytes += sizeBytes
    if (isMetaKey(key)) countRun(one, Number(start) * 1000)
  }
  return [...found.values()].toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1))
}

function countRun(one: ClusterInventory, startedAt: number): void {
  one.runs += 1
  one.oldestAt = Math.min(one.oldestAt ?? startedAt, startedAt)
  one.newestAt = Math.max(one.newestAt ?? startedAt, startedAt)
}
