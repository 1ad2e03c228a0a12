/** What is set while the server runs: configurations and features; and what is amiss, the alerts (spec/hub.md 2.6, 10.2, 10.4). */

import type { Alerts } from '../../../engine/workflow/hub/alerts.ts'
import type { Configurations } from '../../../engine/workflow/hub/configurations.ts'
import type { Features } from '../../../engine/workflow/hub/features.ts'
import { anything, flag, integer, list, optional, text } from '../body/field.ts'
import { objectIn, readSome } from '../body/fields.ts'
import { send } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound } from '../manners/refused.ts'
import { readId } from '../number.ts'
import type { Asked, Route } from '../route.ts'
import { showAlert, wantedAlerts } from './alert.ts'
import {
  alertSchema,
  alertsSchema,
  configurationsSchema,
  featureSchema,
  featuresSchema,
  patchAlertSchema,
  patchConfigurationsSchema,
  patchFeatureSchema,
} from './schema.ts'

const model = 'Feature'
const FEATURE = { enabled: flag }

export function configurationRoutes(configurations: Configurations): Route[] {
  const path = '/configurations/'
  return [
    {
      method: 'GET',
      path,
      schema: configurationsSchema,
      handle: async (_request, reply) => send(reply, await configurations.get()),
    },
    {
      method: 'PATCH',
      path,
      schema: patchConfigurationsSchema,
      async handle(request, reply) {
        const changes = readSettings(request, await configurations.get())
        return send(reply, await configurations.change(request.caller, changes))
      },
    },
  ]
}

const names = list(text({ maxLength: 100 }), { mayBeEmpty: true })
const whole = integer({ least: Number.MIN_SAFE_INTEGER })

/** Texts for numbers and switches too, as forms send them; what a setting may be is for the configurations to say. */
function readSettings(request: Asked, present: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fieldFor = (value: unknown) => {
    if (typeof value === 'number') return whole
    if (typeof value === 'boolean') return flag
    return Array.isArray(value) ? names : anything
  }
  const fields = Object.entries(present).map(([name, value]) => [name, fieldFor(value)] as const)
  return { ...objectIn(request), ...readSome(request, Object.fromEntries(fields)) }
}

export function featureRoutes(features: Features): Route[] {
  const find = async (name = '') => {
    const feature = (await features.list()).find((each) => each.name === name)
    if (!feature) throw notFound(model)
    return feature
  }
  return [
    {
      method: 'GET',
      path: '/features/',
      schema: featuresSchema,
      handle: async (request, reply) =>
        send(reply, await inMemoryPages(request, await features.list(), (feature) => feature)),
    },
    {
      method: 'GET',
      path: '/features/:name/',
      schema: featureSchema,
      model,
      handle: async ({ params }, reply) => send(reply, await find(params.name)),
    },
    {
      method: 'PATCH',
      path: '/features/:name/',
      schema: patchFeatureSchema,
      fields: FEATURE,
      model,
      async handle(request, reply) {
        const feature = await find(request.params.name)
        const { enabled = feature.enabled } = readSome(request, FEATURE)
        return send(reply, await features.change(request.caller, feature.name, enabled))
      },
    },
  ]
}

const ALERT = { suppressed: optional(flag) }

export function alertRoutes(alerts: Alerts): Route[] {
  const named = 'Alert'
  const find = async ({ params }: Asked) => {
    const id = readId(params.id, named)
    const alert = (await alerts.list()).find((each) => each.id === id)
    if (!alert) throw notFound(named)
    return alert
  }
  return [
    {
      method: 'GET',
      path: '/alerts/',
      schema: alertsSchema,
      // A bare list, as the original has it.
      async handle({ query }, reply) {
        const isWanted = wantedAlerts(query)
        return send(reply, (await alerts.list()).filter(isWanted).map(showAlert))
      },
    },
    {
      method: 'GET',
      path: '/alerts/:id/',
      schema: alertSchema,
      model: named,
      handle: async (request, reply) => send(reply, showAlert(await find(request))),
    },
    {
      method: 'PATCH',
      path: '/alerts/:id/',
      schema: patchAlertSchema,
      fields: ALERT,
      model: named,
      opensFor: 'administrator',
      async handle(request, reply) {
        const { suppressed } = readSome(request, ALERT)
        const alert = await find(request)
        const after = suppressed === undefined ? alert : await alerts.suppress(request.caller, alert.id, suppressed)
        return send(reply, showAlert(after))
      },
    },
  ]
}
