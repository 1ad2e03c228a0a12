/** A body that each row of the door would take. */

import { MIGRATE } from './door.ts'

const DEFINITION = {
  name: 'walked',
  label: 'Walked',
  icon_classes: [],
  fields: [],
  filter_rules: [{ type: 'file', state: 'all', action: [{ name: 'dynamo.tasks.migrate' }] }],
}
export const SCHEDULE = { name: 'walked', workflow: 'migrate', site: 'dfoster1', path: '/mmfs1/a' }

/** By the name of the row. */
export const BODIES: Readonly<Record<string, unknown>> = {
  'POST /auth/clientkeys/': { name: 'walked' },
  'PUT /auth/clientkeys/:id/': { name: 'walked' },
  'PATCH /auth/clientkeys/:id/': { name: 'walked' },
  'POST /file/workflow/': MIGRATE,
  'PATCH /jobs/:id/': { state: 'PAUSED' },
  'PATCH /sites/:id/': { bandwidth: 1 },
  'POST /workflows/': DEFINITION,
  'PUT /workflows/:id/': DEFINITION,
  'PATCH /workflows/:id/': { enabled: false },
  'POST /schedules/': SCHEDULE,
  'PUT /schedules/:id/': SCHEDULE,
  'PATCH /schedules/:id/': { enabled: false },
  'PATCH /configurations/': { jobs_ttl: 30 },
  'PATCH /features/:name/': { enabled: false },
  'PATCH /alerts/:id/': { suppressed: true },
  'POST /actions/': { action: 'discover_nodes' },
  'POST /search/': { path: '/mmfs1' },
  'POST /users/': { username: 'walked', password: 'correct horse battery' },
  'PATCH /users/:name/': { email: 'walked@example.org' },
  'POST /groups/': { name: 'walked' },
  'PUT /groups/:id/': { name: 'walked' },
  'PATCH /groups/:id/': { description: 'walked' },
}

/** An alias has the name of what it stands for. */
export function nameOf(method: string, path: string): string {
  return `${method} ${path.replace('/scheduledworkflows/', '/schedules/')}`
}
