/** The routes about accounts, described. */

import { bodyLike, example } from '../../../http/operation.ts'
import { describe } from '../schema.ts'

export const AN_ACCOUNT = {
  username: 'alice',
  name: 'Alice Example',
  email: 'alice@example.org',
  roles: ['user'],
  projects: [],
  authType: 0,
  authSource: 0,
}

export const usersSchema = describe({
  tag: 'users',
  id: 'listUsers',
  summary: 'Accounts',
  query: { 'not-just-user': '`true` leaves out those whose only role is user.' },
  answers: { 200: example('Without anything of their passwords.', [AN_ACCOUNT]) },
  refusals: [401, 403, 503],
})

export const userSchema = describe({
  tag: 'users',
  id: 'updateUser',
  summary: 'Give or take a role or a project',
  path: { id: 'The name of the account.' },
  body: bodyLike('One of add-role, remove-role, add-project, remove-project.', { 'add-role': 'support' }),
  answers: { 200: example('It is done.', { msg: 'Add Role Success for user alice' }) },
  refusals: [400, 401, 403, 413, 422, 503],
})
