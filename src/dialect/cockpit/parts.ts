/** What the dialect stands on; `server.ts` hands it over. */

import type { Auth } from '../../auth/auth.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { LogRing } from '../../base/log-ring.ts'
import type { Nodes } from '../../engine/record/nodes.ts'
import type { Records } from '../../engine/record/records.ts'
import type { Taggers } from '../../engine/record/taggers.ts'
import type { ServedApi } from '../../http/docs.ts'
import type { Clusters } from '../../metric/cluster/cluster.ts'
import type { MetricStore } from '../../metric/metric-store.ts'
import type { Exports } from './job/export-routes.ts'
import type { Preferences } from './session/frontend-routes.ts'

export interface CockpitParts extends ServedApi {
  records: Records
  nodes: Nodes
  clusters(): Clusters
  metrics: MetricStore
  taggers: Taggers
  exports: Exports
  auth: Pick<Auth, 'bearer' | 'door' | 'browser' | 'accounts'>
  /** What people set for themselves in the console. */
  preferences: Preferences
  /** What everybody reads where people sign in; '' for nothing. */
  notice: { get(): Promise<string>; set(text: string): Promise<void> }
  logs: LogRing
  /** Where hosts' own words are kept (`cockpit.machine_state_dir`); null for nowhere. */
  machineStateDir: string | null
  clock: Clock
  log: Logger
}
