/** What the API page says before and around the routes. */

import type { ApiDescription, ServedApi } from '../../http/docs.ts'

const ABOUT = `Run workflows over files: migrate, premigrate, recall, send, sync.

1. **Sign in**: \`POST /api/auth/token/\` with name and password, and send \`Authorization: Bearer ACCESS\`; for programs make a
   client key with \`POST /api/auth/clientkeys/\`, and send \`Authorization: Api-Key KEY\`.
2. **Submit**: \`POST /api/file/workflow/\` with \`workflow\`, \`paths\` and \`site\`.
3. **Look**: \`GET /api/jobs/{id}/\`, \`GET /api/jobs/{id}/tasks/\`, \`GET /api/tasks/{id}/\` with what became of each path.

Every path ends with a slash. What goes wrong is answered as \`{"detail": …}\`, or with messages under the keys that they are about.`

const TAGS = [
  { name: 'auth', description: 'Tokens and client keys' },
  { name: 'jobs', description: 'Submit, list, look at, cancel, pause, resume' },
  { name: 'tasks', description: 'The steps of jobs, and what became of each path' },
  { name: 'workflows', description: 'What can be submitted' },
  { name: 'schedules', description: 'Workflows by the clock' },
  { name: 'files', description: 'Browse and search' },
  { name: 'sites', description: 'Sites, nodes, queues, targets, health, alerts' },
  { name: 'settings', description: 'Configurations, features, actions' },
  { name: 'people', description: 'Accounts and groups' },
]

const SECURITY = {
  jwt: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token.' },
  'api-key': {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'A client key: write `Api-Key ` before it.',
  },
}

export function apiDescription({ project, urls }: ServedApi): ApiDescription {
  return {
    title: `Hub REST API of ${project.name}`,
    version: project.version,
    about: ABOUT,
    tags: TAGS,
    securitySchemes: SECURITY,
    basePath: '',
    documentPath: '/api/schema/',
    pagePath: '/api/docs/',
    urls,
  }
}
