/** What every dialect's OpenAPI document must have. */

import { expect } from 'vitest'

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

export interface ApiDocument {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  tags: { name: string }[]
  components: { securitySchemes: object }
}

/** By `verb /path`. */
export function operationsOf({ paths }: ApiDocument): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  )
}

/** `routes` as Fastify writes them, `get /jobs/:id`: each is there, under a name of its own and a tag that is explained. */
export function expectAll(document: ApiDocument, routes: readonly string[]): void {
  expect(document.openapi).toBe('3.1.0')
  const operations = new Map(operationsOf(document))
  const named = routes.map((route) => route.replace(/:(\w+)/g, '{$1}'))
  expect(named.filter((route) => !operations.has(route))).toEqual([])
  const ids = [...operations.values()].map(({ operationId }) => operationId)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const known = document.tags.map(({ name }) => name)
  expect([...operations.values()].flatMap(({ tags }) => tags).filter((tag) => !known.includes(tag))).toEqual([])
}

/** Each has a summary, an answer with an example, and an example of its body. */
export function expectExamples(document: ApiDocument): void {
  const poor = operationsOf(document).filter(([, operation]) => !isRich(operation))
  expect(poor.map(([name]) => name)).toEqual([])
}

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
