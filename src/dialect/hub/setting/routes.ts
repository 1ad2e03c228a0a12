/** What is set while the server runs: configurations and features; and what is amiss, the alerts (spec/hub.md 2.6, 10.2, 10.4). */

import type { Alerts } from '../../../engine/workflow/hub/alerts.ts'
import type { Configurations } from '../../../engine/workflow/hub/configurations.ts'
import type { Features } from '../../../engine/workflow/hub/features.ts'
import { flag } from '../body/field.ts'
import { objectIn, readSome } from '../body/fields.ts'
import { send } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound } from '../manners/refused.ts'
import type { Route } from '../route.ts'
import { showAlert, wantedAlerts } from './alert.ts'
import {
  alertsSchema,
  configurationsSchema,
  featureSchema,
  featuresSchema,
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
      handle: async (request, reply) => send(reply, await configurations.change(request.caller, objectIn(request))),
    },
  ]
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

/** A bare list, as the original has it. */
export function alertRoutes(alerts: Alerts): Route[] {
  return [
    {
      method: 'GET',
      path: '/alerts/',
      schema: alertsSchema,
      async handle({ query }, reply) {
        const isWanted = wantedAlerts(query)
        return send(reply, (await alerts.list()).filter(isWanted).map(showAlert))
      },
    },
  ]
}
