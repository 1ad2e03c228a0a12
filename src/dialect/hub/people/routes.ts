/** Accounts, and the groups that say what each may (spec/hub.md 2.7). */

import type { Account, Accounts } from '../../../auth/accounts.ts'
import { reaches } from '../../../auth/caller.ts'
import type { Group, Groups } from '../../../engine/workflow/hub/groups.ts'
import { list, optional, text } from '../body/field.ts'
import { type Read, readFields, readSome } from '../body/fields.ts'
import { type LinkTo, linksOf } from '../manners/address.ts'
import { send, sendCreated, sendNothing } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound } from '../manners/refused.ts'
import { showTime } from '../manners/time.ts'
import { readId } from '../number.ts'
import type { Asked, Route } from '../route.ts'
import {
  createGroupSchema,
  groupSchema,
  groupsSchema,
  patchGroupSchema,
  removeGroupSchema,
  userSchema,
  usersSchema,
} from './schema.ts'

const GROUP = {
  name: text({ maxLength: 100 }),
  description: optional(text({ maxLength: 1000, mayBeBlank: true })),
  members: optional(list(text({ maxLength: 100 }), { mayBeEmpty: true })),
}

/** Everybody sees himself, an administrator all. */
export function userRoutes(accounts: Accounts): Route[] {
  const seenBy = async ({ caller }: Asked) => {
    const all = await accounts.list()
    return reaches(caller, 'admin') ? all : all.filter(({ name }) => name === caller.user)
  }
  const model = 'User'
  return [
    {
      method: 'GET',
      path: '/users/',
      schema: usersSchema,
      async handle(request, reply) {
        const links = linksOf(request)
        return send(reply, await inMemoryPages(request, await seenBy(request), (user) => showUser(user, links)))
      },
    },
    {
      method: 'GET',
      path: '/users/:name/',
      schema: userSchema,
      model,
      async handle(request, reply) {
        const name = request.params.name === 'me' ? request.caller.user : request.params.name
        const user = (await seenBy(request)).find((each) => each.name === name)
        if (!user) throw notFound(model)
        return send(reply, showUser(user, linksOf(request)))
      },
    },
  ]
}

/** For administrators: the members of a group are other people. */
export function groupRoutes(groups: Groups): Route[] {
  const model = 'Group'
  const path = '/groups/:id/'
  return [
    {
      method: 'GET',
      path: '/groups/',
      schema: groupsSchema,
      opensFor: 'administrator',
      async handle(request, reply) {
        const links = linksOf(request)
        const found = await groups.list(request.caller)
        return send(reply, await inMemoryPages(request, found, (group) => showGroup(group, links)))
      },
    },
    {
      method: 'POST',
      path: '/groups/',
      schema: createGroupSchema,
      opensFor: 'administrator',
      fields: GROUP,
      async handle(request, reply) {
        const made = await groups.create(request.caller, wholeGroup(readFields(request, GROUP)))
        return sendCreated(reply, showGroup(made, linksOf(request)))
      },
    },
    {
      method: 'GET',
      path,
      schema: groupSchema,
      opensFor: 'administrator',
      model,
      async handle(request, reply) {
        const id = readId(request.params.id, model)
        const group = (await groups.list(request.caller)).find((each) => each.id === id)
        if (!group) throw notFound(model)
        return send(reply, showGroup(group, linksOf(request)))
      },
    },
    {
      method: 'PATCH',
      path,
      schema: patchGroupSchema,
      opensFor: 'administrator',
      fields: GROUP,
      model,
      async handle(request, reply) {
        const id = readId(request.params.id, model)
        const changed = await groups.change(request.caller, id, readSome(request, GROUP))
        return send(reply, showGroup(changed, linksOf(request)))
      },
    },
    {
      method: 'DELETE',
      path,
      schema: removeGroupSchema,
      opensFor: 'administrator',
      model,
      async handle({ caller, params }, reply) {
        await groups.remove(caller, readId(params.id, model))
        return sendNothing(reply)
      },
    },
  ]
}

function wholeGroup({ name, description = '', members = [] }: Read<typeof GROUP>): Omit<Group, 'id'> {
  return { name, description, members }
}

function showUser({ name, fullName, email, roles, createdAt }: Account, links: LinkTo) {
  const isAdmin = roles.includes('admin')
  return {
    url: links(`/users/${encodeURIComponent(name)}/`),
    username: name,
    name: fullName,
    email,
    roles,
    groups: [isAdmin ? 'Administrators' : 'Users'],
    is_admin: isAdmin,
    created: showTime(createdAt),
  }
}

function showGroup({ id, name, description, members }: Group, links: LinkTo) {
  return { url: links(`/groups/${id}/`), id, name, description, members }
}
