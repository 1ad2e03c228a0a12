/** A name and a password made a pair of tokens, and what is done with these (spec/hub.md 2.6). */

import type { FastifyReply } from 'fastify'
import type { AddressOf } from '../../../auth/client-address.ts'
import type { HubAuth } from '../../../auth/hub/hub-auth.ts'
import { isDomainError } from '../../../base/errors.ts'
import { text } from '../body/field.ts'
import { readFields } from '../body/fields.ts'
import { send } from '../manners/answer.ts'
import type { Asked, Route } from '../route.ts'
import { passwordRefused, sentTokenRefused } from './refused.ts'
import { refreshSchema, tokenSchema, verifySchema } from './schema.ts'

const CREDENTIALS = { username: text({ maxLength: 1000 }), password: text({ maxLength: 4096, isExact: true }) }
const token = text({ maxLength: 8192 })

type Handler = Route['handle']

export interface TokenParts {
  hub: HubAuth
  addressOf: AddressOf
}

/** At the original's address, and at the one that its prose names (seed). */
export function tokenRoutes(parts: TokenParts): Route[] {
  const enter = enterBy(parts)
  return [
    ...both('', { schema: tokenSchema, fields: CREDENTIALS, handle: enter }),
    ...both('refresh/', { schema: refreshSchema, fields: { refresh: token }, handle: refreshBy(parts) }),
    ...both('verify/', { schema: verifySchema, fields: { token }, handle: verifyBy(parts) }),
  ]
}

function both(end: string, row: Pick<Route, 'schema' | 'fields' | 'handle'>): Route[] {
  const opensFor = 'anybody'
  const hidden = { ...row.schema, hide: true }
  return [
    { method: 'POST', path: `/auth/token/${end}`, opensFor, ...row },
    { method: 'POST', path: `/token/${end}`, opensFor, ...row, schema: hidden },
  ]
}

function enterBy({ hub, addressOf }: TokenParts): Handler {
  return async (request, reply) => {
    const credentials = readFields(request, CREDENTIALS)
    try {
      return send(reply, await hub.enter(credentials, addressIn(addressOf, request)))
    } catch (error) {
      throw isDomainError(error, 'unauthenticated') ? passwordRefused() : error
    }
  }
}

function refreshBy({ hub }: TokenParts): Handler {
  return (request, reply) => {
    const { refresh } = readFields(request, { refresh: token })
    return answer(reply, async () => ({ access: await hub.refresh(refresh) }))
  }
}

function verifyBy({ hub }: TokenParts): Handler {
  return (request, reply) => {
    const sent = readFields(request, { token })
    return answer(reply, async () => {
      await hub.check(sent.token)
      return {}
    })
  }
}

async function answer(reply: FastifyReply, ask: () => Promise<object>): Promise<FastifyReply> {
  try {
    return send(reply, await ask())
  } catch (error) {
    throw isDomainError(error, 'unauthenticated') ? sentTokenRefused(error) : error
  }
}

function addressIn(addressOf: AddressOf, { socket, headers }: Asked): string {
  const { 'x-forwarded-for': forwarded, 'x-real-ip': real } = headers
  return addressOf(socket.remoteAddress, { 'x-forwarded-for': forwarded, 'x-real-ip': real })
}
