/** The routes about settings, features and alerts, described. */

import { bodyLike, example } from '../../../http/operation.ts'
import { describe, PAGING, pageOf } from '../schema.ts'

const tag = 'settings'
const NAME = { name: 'The name of the feature.' }
const A_FEATURE = { name: 'searchui', description: 'Search in the browser', enabled: true }
const CONFIGURATIONS = {
  jobs_ttl: 90,
  search_max_results: 200,
  search_result_ttl: 7,
  stat_timeout: 10,
  stat_refresh_period: 30,
  schedules_enabled: true,
}

export const configurationsSchema = describe({
  tag,
  id: 'getConfigurations',
  summary: 'Configurations',
  answers: { 200: example('All of them, by name.', CONFIGURATIONS) },
})

export const patchConfigurationsSchema = describe({
  tag,
  id: 'changeConfigurations',
  summary: 'Change configurations',
  about: 'They hold at once.',
  body: bodyLike('Those that change.', { jobs_ttl: 30 }),
  answers: { 200: example('All of them.', { ...CONFIGURATIONS, jobs_ttl: 30 }) },
  refusals: [403],
})

export const featuresSchema = describe({
  tag,
  id: 'listFeatures',
  summary: 'Feature List',
  query: PAGING,
  answers: { 200: pageOf('All of them.', A_FEATURE) },
  refusals: [404],
})

export const featureSchema = describe({
  tag,
  id: 'getFeature',
  summary: 'Feature Instance',
  path: NAME,
  answers: { 200: example('The feature.', A_FEATURE) },
  refusals: [404],
})

export const patchFeatureSchema = describe({
  tag,
  id: 'changeFeature',
  summary: 'Turn a feature on or off',
  path: NAME,
  body: bodyLike('What it shall be.', { enabled: true }),
  answers: { 200: example('The feature.', A_FEATURE) },
  refusals: [403, 404],
})

const AN_ALERT = {
  id: 99,
  site: 'dfoster1',
  name: 'SiteHealth',
  node: null,
  queue: null,
  created: '2026-11-21T09:00:00.000000Z',
  timestamp: '2026-11-21T09:05:00.000000Z',
  severity: 'CRITICAL',
  summary: 'No workers are joined',
  suppressed: false,
}

export const alertsSchema = describe({
  tag: 'sites',
  id: 'listAlerts',
  summary: 'Alert List',
  query: {
    name: 'Only of this name; as the next three may be repeated.',
    site: 'Only of this site.',
    node: 'Only of this node.',
    severity: 'INFO, WARNING or CRITICAL.',
    summary: 'Only with this summary.',
    timestamp: 'Only with an event since then.',
    suppressed: '`true` for muted ones.',
  },
  answers: {
    200: example('All of them, without pages.', [AN_ALERT]),
  },
  refusals: [400],
})

const ALERT_ID = { id: 'The number of the alert.' }

export const alertSchema = describe({
  tag: 'sites',
  id: 'getAlert',
  summary: 'Alert Instance',
  path: ALERT_ID,
  answers: { 200: example('The alert.', AN_ALERT) },
  refusals: [404],
})

export const patchAlertSchema = describe({
  tag: 'sites',
  id: 'changeAlert',
  summary: 'Mute an alert',
  about: 'For administrators; until its matter is over.',
  path: ALERT_ID,
  body: bodyLike('Whether it is muted.', { suppressed: true }),
  answers: { 200: example('The alert.', { ...AN_ALERT, suppressed: true }) },
  refusals: [403, 404],
})
