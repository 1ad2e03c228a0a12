/** What the API page says before and around the routes. */

import type { ApiDescription, ServedApi } from '../../http/docs.ts'

const ABOUT = `Submit, watch, control and query batch jobs.

1. **Sign in**: press *Authorize* and give your name and password; or \`POST /api/v3/token\` and send
   \`Authorization: Bearer TOKEN\` with every request. \`Bearer:TOKEN\` is the same.
2. **Submit**: open *POST /jobs*, press *Try it out*, edit the template, press *Execute*. A code from 200 to 299 is success.
3. **Look**: *GET /jobs/{id}*, or *GET /query* for anything else.

What goes wrong is answered as \`{"error": "a sentence that says what to change"}\`. If a call does not arrive at all, see
whether the right address is chosen under *Servers*: a server speaks HTTP or HTTPS, not both.`

const TAGS = [
  { name: 'jobs', description: 'Submit, control, modify, forget, look at' },
  { name: 'query', description: 'Rows and columns of anything' },
  { name: 'objects', description: 'The project, hosts, users, sets, one at a time' },
  { name: 'token', description: 'Sign in' },
]

/** A form for name and password on the page (Swagger UI fills and sends it), and a field for a token that one has already. */
const SECURITY = {
  'sign-in': {
    type: 'oauth2',
    description: 'Your name and password. The page gets a token for them, which is valid for about 4 hours.',
    flows: { password: { tokenUrl: '/api/v3/token', scopes: {} } },
  },
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token that you have already.' },
}

export function apiDescription({ project, urls }: ServedApi): ApiDescription {
  return {
    title: `Accelerator REST API v3 of ${project.name}`,
    version: project.version,
    about: ABOUT,
    tags: TAGS,
    securitySchemes: SECURITY,
    basePath: '/api/v3',
    documentPath: '/api/v3/openapi.json',
    pagePath: '/html/vovrest.html',
    urls,
  }
}
