/** What an administrator has done once, and asks after (spec/hub.md 2.6): a new look for nodes. */

import { type Caller, permit } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import type { Health } from './health.ts'
import type { SmallFactsParts } from './small-facts.ts'

export interface Action {
  id: number
  action: string
  user: string
  state: 'pending' | 'started' | 'success' | 'failure'
  results: unknown
}

export interface Actions {
  /** @throws invalid naming `action`, forbidden */
  start(caller: Caller, action: string): Promise<Action>
  /** @throws not_found, forbidden */
  get(caller: Caller, id: number): Promise<Action>
}

const KIND = 'action'
const DISCOVER_NODES = 'discover_nodes'
/** The oldest go. */
const KEPT = 1000

export function createActions({ store, clock }: SmallFactsParts, health: Health): Actions {
  return {
    async start(caller, action) {
      permit(caller, 'administer', caller.user)
      if (action !== DISCOVER_NODES)
        throw new DomainError('invalid', `"${action}" is not a valid choice.`, { field: 'action' })
      const results = {
        nodes: (await health.sites()).flatMap(({ site, nodes }) => nodes.map((node) => ({ site, ...node }))),
      }
      const done = { action, user: caller.user, state: 'success' as const, results }
      const id = await store.insertDocument(KIND, action, done, clock.now())
      const old = (await store.documents(KIND)).slice(0, -KEPT)
      await Promise.all(old.map((document) => store.removeDocument(KIND, document.id)))
      return { id, ...done }
    },
    async get(caller, id) {
      permit(caller, 'administer', caller.user)
      const found = (await store.documents(KIND)).find((document) => document.id === id)
      if (!found) throw new DomainError('not_found', `There is no action ${id}.`)
      return { ...(found.value as Omit<Action, 'id'>), id }
    },
  }
}
