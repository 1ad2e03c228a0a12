/** Absolute addresses, as the client reached this server. */

import type { FastifyRequest } from 'fastify'

/** Names, addresses and a port; whatever else a client calls us is not repeated to it. */
const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[0-9a-fA-F:.]+\](?::\d{1,5})?$/

/** `http://HOST:PORT`; a proxy in front that does TLS says so. */
export function originOf({ protocol, host, headers }: FastifyRequest): string {
  const isSecure = protocol === 'https' || headers['x-forwarded-proto'] === 'https'
  return `${isSecure ? 'https' : 'http'}://${HOST.test(host) ? host : 'localhost'}`
}

/** Writes the address of what stands at a path below `/api`. */
export type LinkTo = (path: string) => string

export function linksOf(request: FastifyRequest): LinkTo {
  const base = `${originOf(request)}${request.routeOptions.config.apiBase ?? '/api'}`
  return (path) => base + path
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the dialect's paths stand below, `/hub/api`. */
    apiBase?: string
  }
}
