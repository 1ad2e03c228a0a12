/** The page of the API describes every route, with an example of what it takes and what it answers. */

import { expect, test } from 'vitest'
import { routesOf } from '../../../src/dialect/hub/plugin.ts'
import { type ApiDocument, expectAll, expectExamples, operationsOf } from '../../support/api-document.ts'
import { type Door, openDoor } from './door.ts'

async function documentOf(door: Door): Promise<ApiDocument> {
  return (await door.call('GET', '/api/schema/', { as: null })).json()
}

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
  const routes = routesOf(door.parts).filter(({ schema: { hide } }) => !hide)
  expectAll(
    document,
    routes.map(({ method, path }) => `${method.toLowerCase()} /api${path}`),
  )
  expect(Object.keys(document.components.securitySchemes)).toEqual(['jwt', 'api-key'])
})

test('every operation has a summary, an answer with an example, and an example of its body', async () => {
  expectExamples(await documentOf(await openDoor()))
})

test('only signing in needs nobody to be signed in', async () => {
  const open = operationsOf(await documentOf(await openDoor())).filter(([, { security }]) => security?.length === 0)
  expect(open.map(([name]) => name)).toEqual([
    'post /api/auth/token/',
    'post /api/auth/token/refresh/',
    'post /api/auth/token/verify/',
  ])
})
