/** The routes about accounts and groups, described. */

import { bodyLike, example, noAnswer } from '../../../http/operation.ts'
import { describe, PAGING, pageOf } from '../schema.ts'

const tag = 'people'
const A_USER = {
  url: 'http://localhost:8000/api/users/dfoster/',
  username: 'dfoster',
  name: 'Dana Foster',
  email: 'dfoster@example.org',
  roles: ['user'],
  groups: ['Users'],
  is_admin: false,
  created: '2026-11-21T09:00:00.000000Z',
}
const A_GROUP = {
  url: 'http://localhost:8000/api/groups/3/',
  id: 3,
  name: 'Editors',
  description: 'Who cuts films',
  members: ['dfoster'],
}
const ID = { id: 'The number of the group.' }
const NAME = { name: 'The name of the account; `me` is oneself.' }
const BODY = bodyLike('A group.', { name: 'Editors', description: 'Who cuts films', members: ['dfoster'] })

export const usersSchema = describe({
  tag,
  id: 'listUsers',
  summary: 'User List',
  about: 'Oneself; an administrator sees everybody.',
  query: PAGING,
  answers: { 200: pageOf('By name.', A_USER) },
  refusals: [404],
})

export const userSchema = describe({
  tag,
  id: 'getUser',
  summary: 'User Instance',
  path: NAME,
  answers: { 200: example('Without anything of the password.', A_USER) },
  refusals: [404],
})

export const createUserSchema = describe({
  tag,
  id: 'createUser',
  summary: 'Make an account',
  about:
    'For administrators, with a token. Roles: readonly, user, manager, support, admin, api; `user` where nothing is said.',
  body: bodyLike('An account.', { username: 'dfoster', password: 'correct horse battery', roles: ['user'] }),
  answers: { 201: example('Without anything of the password.', A_USER) },
  refusals: [403],
})

export const patchUserSchema = describe({
  tag,
  id: 'changeUser',
  summary: 'Change an account',
  about:
    'Name and address are changed by whose they are, and by administrators; roles and password by administrators with a token. A change of these ends the tokens of the account.',
  path: NAME,
  body: bodyLike('What changes.', { email: 'dfoster@example.org' }, { roles: ['user', 'support'] }),
  answers: { 200: example('The account.', A_USER) },
  refusals: [403, 404],
})

export const removeUserSchema = describe({
  tag,
  id: 'removeUser',
  summary: 'Remove an account',
  about: 'For administrators, with a token. Its tokens and keys end with it; its jobs stay.',
  path: NAME,
  answers: { 204: noAnswer('It is removed.') },
  refusals: [400, 403, 404],
})

export const groupsSchema = describe({
  tag,
  id: 'listGroups',
  summary: 'Group List',
  query: PAGING,
  answers: { 200: pageOf('All of them.', A_GROUP) },
  refusals: [403, 404],
})

export const groupSchema = describe({
  tag,
  id: 'getGroup',
  summary: 'Group Instance',
  path: ID,
  answers: { 200: example('The group.', A_GROUP) },
  refusals: [403, 404],
})

export const createGroupSchema = describe({
  tag,
  id: 'createGroup',
  summary: 'Make a group',
  about: 'For administrators. A name has no blanks.',
  body: BODY,
  answers: { 201: example('The group.', A_GROUP) },
  refusals: [403],
})

export const replaceGroupSchema = describe({
  tag,
  id: 'replaceGroup',
  summary: 'Replace a group',
  path: ID,
  body: BODY,
  answers: { 200: example('The group.', A_GROUP) },
  refusals: [403, 404],
})

export const patchGroupSchema = describe({
  tag,
  id: 'changeGroup',
  summary: 'Change a group',
  path: ID,
  body: BODY,
  answers: { 200: example('The group.', A_GROUP) },
  refusals: [403, 404],
})

export const removeGroupSchema = describe({
  tag,
  id: 'removeGroup',
  summary: 'Remove a group',
  path: ID,
  answers: { 204: noAnswer('It is removed.') },
  refusals: [403, 404],
})
