/** What file workflows stand on: the movers of the sites, and the keeping of runs and tasks over them. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Config } from '../config.ts'
import { createWorkflows, type WorkflowKeeping } from '../engine/workflow/workflow-keeping.ts'
import type { FindAccount } from '../executor/account.ts'
import type { Executor } from '../executor/executor.ts'
import { createIdentities } from '../executor/local/identities.ts'
import { createMoverExecutor } from '../executor/mover/mover-executor.ts'
import { openSiteLedger } from '../store/sqlite/site/ledger.ts'
import type { Store } from '../store/store.ts'
import type { SiteLedger } from '../workflow/site-ledger.ts'

export interface WorkflowRoom {
  keeping: WorkflowKeeping
  /** For the engine, which opens, observes and retires it. */
  movers: Executor
  close(): void
}

export interface WorkflowRoomParts {
  store: Store
  findAccount: FindAccount
  clock: Clock
  log: Logger
}

export function openWorkflowRoom({ dataDir, sites }: Config, parts: WorkflowRoomParts): WorkflowRoom {
  const { store, findAccount, clock, log } = parts
  const ledgers = new Map<string, SiteLedger>()
  /** Made by the site's mover: a site that never had one knows nothing of its files. */
  const findLedger = (site: string) => {
    const file = join(dataDir, 'sites', site, 'ledger.db')
    if (!ledgers.has(site) && existsSync(file)) ledgers.set(site, openSiteLedger(file, clock))
    return ledgers.get(site)
  }
  const findIdentity = createIdentities({ findAccount, clock, isRoot: process.getuid?.() === 0 })
  const keeping = createWorkflows({ store, sites, findIdentity, findLedger, clock, log })
  return {
    keeping,
    movers: createMoverExecutor({
      ...{ dataDir, sites, clock, log },
      desk: keeping.desk,
      bandwidths: keeping.bandwidths,
      silenceMs: () => keeping.configurations.latest('node_health_last_heartbeat_interval') * 1000,
    }),
    close() {
      for (const ledger of ledgers.values()) ledger.close()
    },
  }
}
