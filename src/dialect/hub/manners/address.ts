/** Absolute addresses, as the client reached this server. */

import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Names, addresses and a port; whatever else a client calls us is not repeated to it. */
const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[0-9a-fA-F:.]+\](?::\d{1,5})?$/

/** Takes the name that clients know from a proxy that is believed: the last one, which it wrote itself. */
export function believeProxies(scope: FastifyInstance, isProxy: (address: string) => boolean): void {
  scope.decorateRequest('forwardedHost', '')
  scope.addHook('onRequest', (request, _reply, done) => {
    const forwarded = request.headers['x-forwarded-host']
    if (forwarded !== undefined && isProxy(request.socket.remoteAddress ?? ''))
      request.forwardedHost = [forwarded].flat().join(',').split(',').at(-1)!.trim()
    done()
  })
}

/** `http://HOST:PORT`; a proxy in front that does TLS says so. */
export function originOf({ protocol, host, headers, forwardedHost }: FastifyRequest): string {
  const isSecure = protocol === 'https' || headers['x-forwarded-proto'] === 'https'
  const named = HOST.test(forwardedHost) ? forwardedHost : host
  return `${isSecure ? 'https' : 'http'}://${HOST.test(named) ? named : 'localhost'}`
}

/** Writes the address of what stands at a path below `/api`. */
export type LinkTo = (path: string) => string

export function linksOf(request: FastifyRequest): LinkTo {
  const base = `${originOf(request)}${request.routeOptions.config.apiBase ?? '/api'}`
  return (path) => base + path
}

declare module 'fastify' {
  interface FastifyRequest {
    /** '' where no proxy that is believed names one. */
    forwardedHost: string
  }
  interface FastifyContextConfig {
    /** What the dialect's paths stand below, `/hub/api`. */
    apiBase?: string
  }
}
