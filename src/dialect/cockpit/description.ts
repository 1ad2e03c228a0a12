/** What the API page says before and around the routes. */

import type { ApiDescription, ServedApi } from '../../http/docs.ts'

const ABOUT = `Report, list, tag, measure and look at jobs, whoever ran them.

1. **Token**: \`yardmaster token NAME --role api\` prints one, or sign in at \`/login\` and ask \`/frontend/jwt/\`. Send it as
   \`X-Auth-Token: TOKEN\` or \`Authorization: Bearer TOKEN\`. \`/api\` takes an account with the role api alone, or with api and
   admin; \`/userapi\` one with api and another role.
2. **Report**: \`POST /api/jobs/start_job/\` when a job begins, \`POST /api/jobs/stop_job/\` when it ends. Jobs that this server
   runs itself are there without it.
3. **Measure**: \`POST /api/write/\` with line protocol.
4. **Look**: \`GET /api/jobs/\`, \`GET /api/jobs/metrics/{id}\`; \`{id}\` is always the record's own number, \`id\` in answers.

What goes wrong is answered as \`{"status": "Bad Request", "error": "a sentence that says what to change"}\`.`

const TAGS = [
  { name: 'jobs', description: 'Report, list, look at, describe, delete' },
  { name: 'tags', description: 'Mark runs to find them again' },
  { name: 'export', description: 'Lists and curves as CSV, JSON and Parquet' },
  { name: 'metrics', description: 'Measured values in' },
  { name: 'nodes', description: 'Clusters and how their nodes stand' },
  { name: 'users', description: 'Accounts' },
  { name: 'session', description: "Signing in with a browser, and what is one's own" },
  { name: 'config', description: 'What administrators set in a browser' },
]

const SECURITY = {
  'X-Auth-Token': { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'A token.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The same token.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'session',
    description: 'For /config and /frontend: sign in at /login.',
  },
}

/** Either header, or the cookie, by the names above. */
export const BY_TOKEN = [{ 'X-Auth-Token': [] }, { bearer: [] }]
export const BY_SESSION = [{ session: [] }]

export function apiDescription({ project, urls }: ServedApi): ApiDescription {
  return {
    title: `ClusterCockpit REST API of ${project.name}`,
    version: project.version,
    about: ABOUT,
    tags: TAGS,
    securitySchemes: SECURITY,
    basePath: '',
    documentPath: '/swagger/openapi.json',
    pagePath: '/swagger/',
    urls,
  }
}
