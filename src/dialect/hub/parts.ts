/** What the dialect stands on; `server.ts` hands it over. */

import type { Auth } from '../../auth/auth.ts'
import type { Logger } from '../../base/log.ts'
import type { WorkflowKeeping } from '../../engine/workflow/workflow-keeping.ts'

type Kept =
  | 'workflows'
  | 'configurations'
  | 'features'
  | 'actions'
  | 'searches'
  | 'alerts'
  | 'groups'
  | 'health'
  | 'bandwidths'

export interface HubParts extends Pick<WorkflowKeeping, Kept> {
  auth: Pick<Auth, 'hub' | 'door' | 'accounts'>
  project: { name: string; version: string }
  /** What all paths of ours stand below, with the prefix: `http://HOST:PORT/hub`; the one in use first. */
  urls(): readonly string[]
  log: Logger
}
