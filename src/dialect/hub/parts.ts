/** What the dialect stands on; `server.ts` hands it over. */

import type { Auth } from '../../auth/auth.ts'
import type { Logger } from '../../base/log.ts'
import type { WorkflowKeeping } from '../../engine/workflow/workflow-keeping.ts'
import type { ServedApi } from '../../http/docs.ts'

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

export interface HubParts extends Pick<WorkflowKeeping, Kept>, ServedApi {
  auth: Pick<Auth, 'hub' | 'door' | 'accounts'>
  log: Logger
}
