/** Groups: who belongs together (spec/hub.md 2.7). */

import type { Group, Groups } from '../../../engine/workflow/hub/groups.ts'
import { list, optional, text } from '../body/field.ts'
import { type Read, readFields, readSome } from '../body/fields.ts'
import { type LinkTo, linksOf } from '../manners/address.ts'
import { send, sendCreated, sendNothing } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound } from '../manners/refused.ts'
import { readId } from '../number.ts'
import type { Route } from '../route.ts'
import {
  createGroupSchema,
  groupSchema,
  groupsSchema,
  patchGroupSchema,
  removeGroupSchema,
  replaceGroupSchema,
} from './schema.ts'

const GROUP = {
  name: text({ maxLength: 100 }),
  description: optional(text({ maxLength: 1000, mayBeBlank: true })),
  members: optional(list(text({ maxLength: 100 }), { mayBeEmpty: true })),
}

const model = 'Group'
const path = '/groups/:id/'

/** For administrators: the members of a group are other people. */
export function groupRoutes(groups: Groups): Route[] {
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
    ...(['PUT', 'PATCH'] as const).map((method): Route => changeRow(groups, method)),
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

function changeRow(groups: Groups, method: 'PUT' | 'PATCH'): Route {
  return {
    method,
    path,
    schema: method === 'PUT' ? replaceGroupSchema : patchGroupSchema,
    opensFor: 'administrator',
    fields: GROUP,
    model,
    async handle(request, reply) {
      const id = readId(request.params.id, model)
      const changes = method === 'PUT' ? wholeGroup(readFields(request, GROUP)) : readSome(request, GROUP)
      return send(reply, showGroup(await groups.change(request.caller, id, changes), linksOf(request)))
    },
  }
}

function wholeGroup({ name, description = '', members = [] }: Read<typeof GROUP>): Omit<Group, 'id'> {
  return { name, description, members }
}

function showGroup({ id, name, description, members }: Group, links: LinkTo) {
  return { url: links(`/groups/${id}/`), id, name, description, members }
}
