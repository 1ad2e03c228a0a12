/** What there is below `/api/`, as links; for who is signed in. */

import { example } from '../../http/operation.ts'
import { linksOf } from './manners/address.ts'
import { send } from './manners/answer.ts'
import type { Route } from './route.ts'
import { describe } from './schema.ts'

const schema = describe({
  tag: 'settings',
  id: 'getRoot',
  summary: 'Api Root',
  answers: { 200: example('Addresses by name.', { jobs: 'http://localhost:8000/api/jobs/' }) },
})

/** Links to every list among `routes`. */
export function rootRoute(routes: readonly Route[]): Route {
  const paths = routes
    .filter(({ method, path, schema: { hide } }) => method === 'GET' && !path.includes(':') && !hide)
    .map(({ path }) => path)
  return {
    method: 'GET',
    path: '/',
    schema,
    async handle(request, reply) {
      const links = linksOf(request)
      return send(reply, Object.fromEntries(paths.map((path) => [nameOf(path), links(path)])))
    },
  }
}

function nameOf(path: string): string {
  return path.split('/').filter(Boolean).at(-1)!
}
