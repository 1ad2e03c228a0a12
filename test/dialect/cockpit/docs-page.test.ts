/** The page of the API describes every route, with an example of what it takes and what it answers. */

import { expect, test } from 'vitest'
import { doorsOf } from '../../../src/dialect/cockpit/plugin.ts'
import { type Door, openDoor } from './door.ts'

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}

interface Media {
  schema: { examples?: unknown[]; properties?: object; type?: string }
  examples?: object
  example?: unknown
}

interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  tags: { name: string }[]
}

async function documentOf(door: Door): Promise<Document> {
  return (await door.call('GET', '/swagger/openapi.json', { as: null })).json()
}

test('the page stands at /swagger/ and works offline', async () => {
  const { call } = await openDoor()
  const page = await call('GET', '/swagger/', { as: null })
  expect(page.body).toContain('ClusterCockpit REST API of vnc')
  for (const [, file] of page.body.matchAll(/(?:src|href)="(\/html\/[^"]+)"/g))
    expect((await call('GET', file!, { as: null })).statusCode).toBe(200)
  for (const path of ['/swagger', '/api/docs/', '/api/docs']) {
    const { statusCode, headers } = await call('GET', path, { as: null })
    expect([statusCode, headers.location]).toEqual([302, '/swagger/'])
  }
})

test('every route of every door is described once, under a name of its own', async () => {
  const door = await openDoor()
  const { openapi, paths, tags } = await documentOf(door)
  expect(openapi).toBe('3.1.0')
  const missing: string[] = []
  for (const { prefix, groups } of doorsOf(door.parts)) {
    for (const { path, methods } of groups.flatMap(({ routes }) => routes)) {
      const url = prefix + path.replace(/:(\w+)/g, '{$1}')
      for (const method of methods) if (!paths[url]?.[method.toLowerCase()]) missing.push(`${method} ${url}`)
    }
  }
  expect(missing).toEqual([])
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const ids = operations.map(({ operationId }) => operationId)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const known = tags.map(({ name }) => name)
  expect(operations.flatMap((operation) => operation.tags).filter((tag) => !known.includes(tag))).toEqual([])
})

test('every operation has a summary, an answer with an example, and an example of its body', async () => {
  const { paths } = await documentOf(await openDoor())
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  )
  const poor = operations.filter(([, operation]) => !isRich(operation)).map(([name]) => name)
  expect(poor).toEqual([])
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
