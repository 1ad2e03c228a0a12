/** The routes about actions, described. */

import { bodyLike, example } from '../../../http/operation.ts'
import { describe } from '../schema.ts'

const tag = 'settings'
const SHOWN = {
  url: 'http://localhost:8000/api/actions/12/',
  id: 12,
  action: 'discover_nodes',
  user: 'admin',
  state: 'SUCCESS',
  results: {},
}

export const startActionSchema = describe({
  tag,
  id: 'startAction',
  summary: 'Start an action',
  about: 'For administrators, with a token; client keys are refused.',
  body: bodyLike('The action.', { action: 'discover_nodes' }),
  answers: { 201: example('It is under way.', { ...SHOWN, state: 'STARTED', results: null }) },
  refusals: [403],
})

export const actionSchema = describe({
  tag,
  id: 'getAction',
  summary: 'Action Instance',
  path: { id: 'The number of the action.' },
  answers: { 200: example('How far it is.', SHOWN) },
  refusals: [403, 404],
})
