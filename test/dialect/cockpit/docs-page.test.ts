/** The page of the API describes every route, with an example of what it takes and what it answers. */

import { expect, test } from 'vitest'
import { doorsOf } from '../../../src/dialect/cockpit/plugin.ts'
import { type ApiDocument, expectAll, expectExamples } from '../../support/api-document.ts'
import { type Door, openDoor } from './door.ts'

async function documentOf(door: Door): Promise<ApiDocument> {
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
  const routes = doorsOf(door.parts).flatMap(({ prefix, groups }) =>
    groups
      .flatMap((group) => group.routes)
      .flatMap(({ path, methods }) => methods.map((method) => `${method.toLowerCase()} ${prefix}${path}`)),
  )
  expectAll(await documentOf(door), routes)
})

test('every operation has a summary, an answer with an example, and an example of its body', async () => {
  expectExamples(await documentOf(await openDoor()))
})
