/** The page of the API describes every route, with an example of what it takes and what it answers. */

import { expect, test } from 'vitest'
import { routesOf } from '../../../src/dialect/hub/plugin.ts'
import { type Door, openDoor } from './door.ts'

interface Media {
  schema: { examples?: unknown[]; properties?: object; type?: string }
  examples?: object
  example?: unknown
}

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  security?: object[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}

interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  tags: { name: string }[]
  components: { securitySchemes: object }
}

async function documentOf(door: Door): Promise<Document> {
  return (await door.call('GET', '/api/schema/', { as: null })).json()
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  )

test('the page stands at /api/docs/, below any prefix, and works offline', async () => {
  for (const prefix of ['', '/hub']) {
    const { call } = await openDoor({ prefix })
    const page = await call('GET', `${prefix}/api/docs/`, { as: null })
    expect(page.body).toContain('Hub REST API of vnc')
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+\/html\/[^"]+|\/html\/[^"]+)"/g)].map(([, file]) => file!)
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) expect((await call('GET', file, { as: null })).statusCode).toBe(200)
    const bare = await call('GET', `${prefix}/api/docs`, { as: null })
    expect([bare.statusCode, bare.headers.location]).toEqual([301, `${prefix}/api/docs/`])
  }
})

test('every route is described once, under a name of its own, aliases aside', async () => {
  const door = await openDoor()
  const document = await documentOf(door)
  expect(document.openapi).toBe('3.1.0')
  const missing = routesOf(door.parts)
    .filter(({ schema: { hide } }) => !hide)
    .map(({ method, path }) => [method.toLowerCase(), `/api${path.replace(/:(\w+)/g, '{$1}')}`] as const)
    .filter(([method, path]) => !document.paths[path]?.[method])
  expect(missing).toEqual([])
  const operations = operationsOf(document).map(([, operation]) => operation)
  const ids = operations.map(({ operationId }) => operationId)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const known = document.tags.map(({ name }) => name)
  expect(operations.flatMap(({ tags }) => tags).filter((tag) => !known.includes(tag))).toEqual([])
  expect(Object.keys(document.components.securitySchemes)).toEqual(['jwt', 'api-key'])
})

test('every operation has a summary, an answer with an example, and an example of its body', async () => {
  const poor = operationsOf(await documentOf(await openDoor())).filter(([, operation]) => !isRich(operation))
  expect(poor.map(([name]) => name)).toEqual([])
})

test('only signing in needs nobody to be signed in', async () => {
  const open = operationsOf(await documentOf(await openDoor())).filter(([, { security }]) => security?.length === 0)
  expect(open.map(([name]) => name)).toEqual([
    'post /api/auth/token/',
    'post /api/auth/token/refresh/',
    'post /api/auth/token/verify/',
  ])
})

function isRich({ summary, requestBody, responses }: Operation): boolean {
  const bodies = Object.values(requestBody?.content ?? {})
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400)
  const answered = answers.flatMap(([, { content }]) => Object.values(content ?? {}))
  return summary !== '' && answers.length > 0 && [...bodies, ...answered].every(hasExample)
}

function hasExample({ schema, examples, example }: Media): boolean {
  const isEmpty = schema.type === 'null'
  return isEmpty || Boolean(examples ?? example ?? schema.examples ?? schema.properties)
}
