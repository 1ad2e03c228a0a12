/** Client keys: made, listed, changed, revoked (spec/hub.md 2.6, 3.2). */

import type { ClientKeys, KeyWords, ShownKey } from '../../../auth/hub/client-keys.ts'
import { nullable, optional, text, time } from '../body/field.ts'
import { type Read, readFields, readSome } from '../body/fields.ts'
import type { LinkTo } from '../manners/address.ts'
import { linksOf } from '../manners/address.ts'
import { send, sendCreated, sendNothing } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { showTime, showTimeOrNull } from '../manners/time.ts'
import { readId } from '../number.ts'
import { flagOf, wordsOf } from '../query.ts'
import type { Route } from '../route.ts'
import { changeKeySchema, createKeySchema, keySchema, keysSchema, removeKeySchema, replaceKeySchema } from './schema.ts'

/** Named as djangorestframework-api-key names them. */
const KEY = { name: text({ maxLength: 50 }), expiry_date: optional(nullable(time)) }
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
            (active === undefined ? key.revokedAt === null : key.isActive === active),
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
        const { key, text: made } = await keys().create(request.caller, wholeKey(readFields(request, KEY)))
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
    ...(['PUT', 'PATCH'] as const).map((method): Route => changeRow(keys, method)),
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

function changeRow(keys: () => ClientKeys, method: 'PUT' | 'PATCH'): Route {
  return {
    method,
    path,
    schema: method === 'PUT' ? replaceKeySchema : changeKeySchema,
    fields: KEY,
    model,
    async handle(request, reply) {
      const id = readId(request.params.id, model)
      const words = method === 'PUT' ? wholeKey(readFields(request, KEY)) : someOfKey(readSome(request, KEY))
      return send(reply, showKey(await keys().change(request.caller, id, words), linksOf(request)))
    },
  }
}

function wholeKey({ name, expiry_date: expiresAt = null }: Read<typeof KEY>): KeyWords {
  return { name, expiresAt }
}

function someOfKey({ name, expiry_date: expiresAt }: Partial<Read<typeof KEY>>): Partial<KeyWords> {
  return { ...(name !== undefined && { name }), ...(expiresAt !== undefined && { expiresAt }) }
}

function showKey({ id, name, user, prefix, isActive, ...at }: ShownKey, links: LinkTo) {
  return {
    url: links(`/auth/clientkeys/${id}/`),
    id,
    name,
    user,
    prefix,
    created: showTime(at.createdAt),
    active: isActive,
    last_used: showTimeOrNull(at.lastUsedAt),
    expiry_date: showTimeOrNull(at.expiresAt),
    revoked: showTimeOrNull(at.revokedAt),
  }
}
