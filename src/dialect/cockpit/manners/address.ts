/** Where a request came from, as the trusted proxies say. */

import type { FastifyRequest } from 'fastify'
import type { AddressOf } from '../../../auth/client-address.ts'

export function addressOfClient(addressOf: AddressOf, { socket, headers }: FastifyRequest): string {
  const { 'x-forwarded-for': forwarded, 'x-real-ip': real } = headers
  return addressOf(socket.remoteAddress, { 'x-forwarded-for': forwarded, 'x-real-ip': real })
}
