/** Who asks: the header `Authorization` made a caller, by an access token or a client key (spec/hub.md 3). */

import type { onRequestHookHandler } from 'fastify'
import { type Caller, reaches } from '../../auth/caller.ts'
import type { HubAuth } from '../../auth/hub/hub-auth.ts'
import { isDomainError } from '../../base/errors.ts'
import { admit } from '../../http/admission.ts'
import { notPermitted, notSignedIn } from './manners/refused.ts'
import { headerRefused, tokenRefused } from './token/refused.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
    /** Name of the key that the caller came with; '' for a token. */
    clientKey: string
  }
}

/** `person`: tokens alone, no keys. `administrator`: what nobody else may look at either. */
export type Opening = 'signed in' | 'person' | 'administrator'

interface Who {
  caller: Caller
  clientKey: string
}

export function guard(auth: Pick<HubAuth, 'bearer' | 'keys'>, opening: Opening): onRequestHookHandler {
  return admit<Who>({
    identify: ({ headers }) => whoIn(auth, headers.authorization ?? ''),
    enter(request, who) {
      if (!opensFor(opening, who)) return notPermitted()
      request.caller = who.caller
      request.clientKey = who.clientKey
      return undefined
    },
    refuse: asRefusal,
  })
}

function opensFor(opening: Opening, { caller, clientKey }: Who): boolean {
  if (opening === 'person') return clientKey === ''
  return opening === 'signed in' || reaches(caller, 'admin')
}

/** The scheme of tokens is matched to the letter, that of keys in any case, as the libraries of the original do. */
function whoIn({ bearer, keys }: Pick<HubAuth, 'bearer' | 'keys'>, header: string): Who | Promise<Who> {
  const scheme = header.split(' ', 1)[0]!
  if (scheme.toLowerCase() === 'api-key') {
    return keys.verify(header.slice(scheme.length + 1)).then((caller) => ({ caller, clientKey: caller.clientKey }))
  }
  const parts = header.trim().split(/\s+/, 3)
  if (parts[0] !== 'Bearer') throw notSignedIn()
  if (parts.length !== 2) throw headerRefused()
  const caller = bearer(parts[1]!)
  return caller instanceof Promise ? caller.then(byToken) : byToken(caller)
}

function byToken(caller: Caller): Who {
  return { caller, clientKey: '' }
}

/** A token of another door that does not count is no better than one of ours. */
function asRefusal(error: unknown): Error {
  if (!isDomainError(error, 'unauthenticated')) return error as Error
  return tokenRefused(error) ?? notSignedIn()
}
