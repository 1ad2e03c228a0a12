/** Who asks: the header `Authorization` made a caller, by an access token or a client key (spec/hub.md 3). */

import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { type Caller, reaches } from '../../auth/caller.ts'
import type { HubAuth } from '../../auth/hub/hub-auth.ts'
import { isDomainError } from '../../base/errors.ts'
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

/** Synchronous where the token is known, since this is on the way of every request. */
export function guard(auth: Pick<HubAuth, 'bearer' | 'keys'>, opening: Opening): onRequestHookHandler {
  return (request, _reply, done) => {
    const enter = ({ caller, clientKey }: Who) => {
      if (!opensFor(opening, { caller, clientKey })) return done(notPermitted())
      request.caller = caller
      request.clientKey = clientKey
      done()
    }
    const refuse = (error: unknown) => done(asRefusal(error))
    const asked = attempt(auth, request)
    if ('error' in asked) return refuse(asked.error)
    if (!(asked.who instanceof Promise)) return enter(asked.who)
    asked.who.then(enter, refuse)
  }
}

function opensFor(opening: Opening, { caller, clientKey }: Who): boolean {
  if (opening === 'person') return clientKey === ''
  return opening === 'signed in' || reaches(caller, 'admin')
}

/** Who it is, with what is thrown as a value: the rest of the request must not run inside a `try`. */
function attempt(auth: Pick<HubAuth, 'bearer' | 'keys'>, request: FastifyRequest) {
  try {
    return { who: whoIn(auth, request.headers.authorization ?? '') }
  } catch (error) {
    return { error }
  }
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
