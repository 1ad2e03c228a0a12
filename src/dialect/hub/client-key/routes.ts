/** Client keys: made, listed, renamed, revoked (spec/hub.md 2.6, 3.2). */

import type { ClientKeys, ShownKey } from '../../../auth/hub/client-keys.ts'
import { text } from '../body/field.ts'
import { readFields, readSome } from '../body/fields.ts'
import type { LinkTo } from '../manners/address.ts'
import { linksOf } from '../manners/address.ts'
import { send, sendCreated, sendNothing } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { showTime, showTimeOrNull } from '../manners/time.ts'
import { readId } from '../number.ts'
import { flagOf, wordsOf } from '../query.ts'
import type { Route } from '../route.ts'
import { createKeySchema, keySchema, keysSchema, removeKeySchema, renameKeySchema } from './schema.ts'

const KEY = { name: text({ maxLength: 50 }) }
const model = 'ClientKey'
const path = '/auth/clientkeys/:id/'

export function clientKeyRoutes(keys: () => ClientKeys): Route[] {
  return [
    {
      method: 'GET',
      path: '/auth/clientkeys/',
      schema: keysSchema,
      async handle(request, reply) {
        const users = wordsOf(request.query, 'user')
        const active = flagOf(request.query, 'active')
        const found = (await keys().list(request.caller)).filter(
          (key) =>
            (users.length === 0 || users.includes(key.user)) &&
            (active === undefined ? key.revokedAt === null : (key.revokedAt === null) === active),
        )
        const links = linksOf(request)
        return send(reply, await inMemoryPages(request, found, (key) => showKey(key, links)))
      },
    },
    {
      method: 'POST',
      path: '/auth/clientkeys/',
      schema: createKeySchema,
      fields: KEY,
      // A key that gets out must not be good for keys that outlive its revocation.
      opensFor: 'person',
      async handle(request, reply) {
        const { key, text: made } = await keys().create(request.caller, readFields(request, KEY).name)
        const { url, id, name } = showKey(key, linksOf(request))
        return sendCreated(reply, { url, id, name, api_key: made })
      },
    },
    {
      method: 'GET',
      path,
      schema: keySchema,
      model,
      async handle(request, reply) {
        const key = await keys().get(request.caller, readId(request.params.id, model))
        return send(reply, showKey(key, linksOf(request)))
      },
    },
    {
      method: 'PATCH',
      path,
      schema: renameKeySchema,
      fields: KEY,
      model,
      async handle(request, reply) {
        const id = readId(request.params.id, model)
        const { name } = readSome(request, KEY)
        const { caller } = request
        const key = name === undefined ? await keys().get(caller, id) : await keys().rename(caller, id, name)
        return send(reply, showKey(key, linksOf(request)))
      },
    },
    {
      method: 'DELETE',
      path,
      schema: removeKeySchema,
      model,
      async handle({ caller, params }, reply) {
        await keys().revoke(caller, readId(params.id, model))
        return sendNothing(reply)
      },
    },
  ]
}

function showKey({ id, name, user, prefix, createdAt, revokedAt }: ShownKey, links: LinkTo) {
  return {
    url: links(`/auth/clientkeys/${id}/`),
    id,
    name,
    user,
    prefix,
    created: showTime(createdAt),
    active: revokedAt === null,
    revoked: showTimeOrNull(revokedAt),
  }
}
