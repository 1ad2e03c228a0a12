/** Headers of the pages that the server draws itself: nothing from elsewhere runs in them or is called by them. */

import type { FastifyHelmetOptions } from '@fastify/helmet'

/**
 * For `@fastify/helmet`; `reach` names further addresses that scripts of the page may call, asked at each request.
 * Without HSTS: a browser would remember it for every port of the host, and a self-signed certificate that changes
 * could then lock people out of the other services there.
 */
export function pageSecurity(reach: () => readonly string[] = () => []): FastifyHelmetOptions {
  const directives = {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'", () => reach().join(' ')],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  }
  return { strictTransportSecurity: false, contentSecurityPolicy: { useDefaults: false, directives } }
}
