/** What the Hub's door stands on besides workflows, in memory. */

import { type Caller, reaches } from '../../src/auth/caller.ts'
import { DomainError } from '../../src/base/errors.ts'
import type { HubParts } from '../../src/dialect/hub/parts.ts'
import type { Action } from '../../src/engine/workflow/hub/actions.ts'
import type { Alert } from '../../src/engine/workflow/hub/alerts.ts'
import type { Group } from '../../src/engine/workflow/hub/groups.ts'
import type { SiteHealth } from '../../src/engine/workflow/hub/health.ts'
import type { Search, SearchHit } from '../../src/engine/workflow/hub/searches.ts'

const NOW = Date.UTC(2026, 10, 21, 9)

export interface HandHub
  extends Pick<
    HubParts,
    'configurations' | 'features' | 'actions' | 'searches' | 'alerts' | 'groups' | 'health' | 'bandwidths'
  > {
  standing: SiteHealth[]
  alertsHeld: Alert[]
  hitsHeld: SearchHit[]
}

export function handHub(): HandHub {
  const hub = { standing: standing(), alertsHeld: [] as Alert[], hitsHeld: [] as SearchHit[] }
  return Object.assign(hub, {
    ...settings(),
    actions: actions(),
    searches: searches(hub),
    alerts: alerts(hub),
    groups: groups(),
    health: { sites: async () => hub.standing },
    bandwidths: bandwidths(),
  })
}

function standing(): SiteHealth[] {
  return ['dfoster1', 'dfoster2'].map((site) => ({
    site,
    health: 'ok',
    nodes: [{ name: 'host100', health: 'ok', online: true }],
  }))
}

function settings(): Pick<HubParts, 'configurations' | 'features'> {
  let held: Record<string, unknown> = { jobs_ttl: 90, stat_timeout: 10, schedules_enabled: true }
  const features = [{ name: 'searchui', description: 'Search in the browser', enabled: true }]
  return {
    configurations: {
      get: async () => held,
      number: async (name) => Number(held[name]),
      names: async () => [],
      latest: (name) => Number(held[name]),
      isOn: async (name) => held[name] === true,
      async change(caller, changes) {
        administer(caller)
        for (const [field, value] of Object.entries(changes)) {
          if (!Object.hasOwn(held, field)) throw new DomainError('invalid', 'There is no such setting.', { field })
          if (typeof value !== typeof held[field])
            throw new DomainError('invalid', 'A valid integer is required.', { field })
        }
        held = { ...held, ...changes }
        return held
      },
    },
    features: {
      list: async () => features,
      async change(caller, name, enabled) {
        administer(caller)
        const feature = features.find((each) => each.name === name)!
        feature.enabled = enabled
        return feature
      },
    },
  }
}

function actions(): HubParts['actions'] {
  const held: Action[] = []
  return {
    async start(caller, action) {
      administer(caller)
      if (action !== 'discover_nodes')
        throw new DomainError('invalid', `"${action}" is not a valid choice.`, { field: 'action' })
      held.push({ id: held.length + 1, action, user: caller.user, state: 'success', results: {} })
      return { ...held.at(-1)!, state: 'started', results: null }
    },
    async get(caller, id) {
      administer(caller)
      return held[id - 1] ?? missing()
    },
  }
}

function searches(hub: { hitsHeld: SearchHit[] }): HubParts['searches'] {
  const held: Search[] = []
  return {
    async start(_caller, request) {
      const id = held.length + 1
      held.push({ id, request, createdAt: NOW, isComplete: true, count: 0 })
      return id
    },
    get: async (_caller, id) => ({ ...(held[id - 1] ?? missing()), count: hub.hitsHeld.length }),
    hits: async (_caller, _id, { offset, limit }) => hub.hitsHeld.slice(offset, offset + limit),
  }
}

function alerts(hub: { alertsHeld: Alert[] }): HubParts['alerts'] {
  return {
    list: async () => hub.alertsHeld,
    async suppress(caller, id, suppressed) {
      administer(caller)
      const alert = hub.alertsHeld.find((each) => each.id === id) ?? missing()
      return Object.assign(alert, { suppressed })
    },
  }
}

function groups(): HubParts['groups'] {
  let held: Group[] = [
    { id: 1, name: 'Administrators', description: '', members: ['root'] },
    { id: 2, name: 'Users', description: '', members: [] },
  ]
  return {
    async list(caller) {
      administer(caller)
      return held
    },
    async create(caller, group) {
      administer(caller)
      if (/\s/.test(group.name)) throw new DomainError('invalid', 'A name has no blanks.', { field: 'name' })
      const made = { id: Math.max(...held.map(({ id }) => id)) + 1, ...group }
      held.push(made)
      return made
    },
    async change(caller, id, changes) {
      administer(caller)
      const changed = { ...(held.find((each) => each.id === id) ?? missing()), ...changes }
      held = held.map((each) => (each.id === id ? changed : each))
      return changed
    },
    async remove(caller, id) {
      administer(caller)
      if (!held.some((each) => each.id === id)) missing()
      held = held.filter((each) => each.id !== id)
    },
  }
}

function bandwidths(): HubParts['bandwidths'] {
  const limits = new Map<string, number>()
  return {
    of: (site) => limits.get(site) ?? 0,
    listen: () => undefined,
    async limit(caller, site, bytes) {
      administer(caller)
      limits.set(site, bytes)
    },
  }
}

function administer(caller: Caller): void {
  if (!reaches(caller, 'admin')) throw new DomainError('forbidden', 'it takes the level ADMIN')
}

function missing(): never {
  throw new DomainError('not_found', 'there is no such thing')
}
