/** Whether the collectors of a host still measure what they should (spec/cockpit.md 4.3). */

import type { Instant } from '../../base/clock.ts'
import type { HostHealth } from '../metric-store.ts'
import type { Levels, Tree } from './tree.ts'

/** So many steps without a value make a metric stale. */
const MISSED_STEPS = 5

export function healthOf(tree: Tree, cluster: string, host: string, metrics: readonly string[]): HostHealth {
  const measured = tree.clusters.get(cluster)?.hosts.get(host)
  const missing: string[] = []
  const stale: string[] = []
  for (const metric of metrics) {
    const last = lastOf(measured?.get(metric))
    if (!last) missing.push(metric)
    else if (last.until < tree.now - MISSED_STEPS * last.timestepMs) stale.push(metric)
  }
  const healthy = metrics.length - missing.length - stale.length
  const isHeard = measured !== undefined && (healthy > 0 || metrics.length === 0)
  const state = !isHeard ? 'failed' : healthy === metrics.length ? 'full' : 'partial'
  return { host, state, missing, stale }
}

/** The end of the newest value at any level; what runs use says nothing of the host. */
function lastOf(levels: Levels | undefined): { until: Instant; timestepMs: number } | undefined {
  let last: { until: Instant; timestepMs: number } | undefined
  for (const [level, ids] of levels ?? []) {
    if (level === 'job') continue
    for (const { newest } of ids.values()) if (newest.used > 0 && newest.until > (last?.until ?? 0)) last = newest
  }
  return last
}
