/** The routes of administrators, described. */

import Type from 'typebox'
import { bodyLike, example, noAnswer, textAnswer } from '../../../http/operation.ts'
import { describe } from '../schema.ts'
import { AN_ACCOUNT } from '../user/schema.ts'

const tag = 'config'
const consumes = ['application/x-www-form-urlencoded']
const text = Type.String()

export const rolesSchema = describe({
  tag,
  id: 'listRoles',
  summary: 'Roles that an account can have',
  answers: { 200: example('By rank.', ['api', 'user', 'manager', 'support', 'admin']) },
  refusals: [401],
})

export const accountsSchema = describe({
  tag,
  id: 'listAccounts',
  summary: 'Accounts',
  query: { 'not-just-user': '`true` leaves out those whose only role is user.' },
  answers: { 200: example('Without anything of their passwords.', [AN_ACCOUNT]) },
  refusals: [401, 503],
})

export const addAccountSchema = describe({
  tag,
  id: 'addAccount',
  summary: 'Add an account',
  consumes,
  body: Type.Object({ username: text, password: text, role: text, name: text, email: text, project: text }),
  answers: { 200: textAnswer('It is there.', 'User bob successfully created!\n') },
  refusals: [400, 401, 403, 422, 503],
})

export const removeAccountSchema = describe({
  tag,
  id: 'removeAccount',
  summary: 'Remove an account',
  query: { username: 'Whose.' },
  answers: { 200: noAnswer('There is none of this name any more.') },
  refusals: [401, 403, 503],
})

export const changeAccountSchema = describe({
  tag,
  id: 'changeAccount',
  summary: 'Give or take a role or a project',
  path: { id: 'The name of the account.' },
  consumes,
  body: bodyLike('One of add-role, remove-role, add-project, remove-project.', { 'add-role': 'support' }),
  answers: { 200: example('It is done.', { msg: 'Add Role Success' }) },
  refusals: [400, 401, 403, 422, 503],
})

export const noticeSchema = describe({
  tag,
  id: 'setNotice',
  summary: 'What everybody reads where people sign in',
  consumes,
  body: Type.Object({ 'new-content': text }),
  answers: { 200: textAnswer('It stands there.', 'Update Notice Content Success') },
  refusals: [400, 401, 403, 503],
})

export const taggersSchema = describe({
  tag,
  id: 'listTaggers',
  summary: 'What tags runs by itself',
  answers: { 200: example('With when it does.', [{ name: 'JobClassTagger', type: 'stop', running: false }]) },
  refusals: [401],
})

export const runTaggerSchema = describe({
  tag,
  id: 'runTagger',
  summary: 'Tag every run that there is',
  consumes,
  body: Type.Object({ name: text }),
  answers: { 200: textAnswer('It has begun.', 'Tagger JobClassTagger started') },
  refusals: [400, 401, 403, 409, 503],
})
