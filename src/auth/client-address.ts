/** Where a request came from, when proxies stand in between: headers count only as far as somebody trusted wrote them. */

import { isIP } from 'node:net'
import { createAllowList, plainAddress } from './allow-list.ts'

export interface ForwardingHeaders {
  'x-forwarded-for'?: string | string[] | undefined
  'x-real-ip'?: string | string[] | undefined
}

/** The client's address, by that of the socket and the headers of the request. */
export type AddressOf = (socketAddress: string | undefined, headers: ForwardingHeaders) => string

/**
 * The socket's address, unless a trusted proxy has it. Then the last of X-Forwarded-For that no trusted proxy has, since
 * each proxy adds at the end whom it saw and what stands before may be made up; where there is no such header, X-Real-Ip.
 * What is no address is passed over as nobody's: then the proxy itself stands for the client.
 */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = createAllowList(trustedProxies)
  return (socketAddress = '', headers) => {
    const nearest = plainAddress(socketAddress)
    if (!trusted.has(nearest)) return nearest
    const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    const chain = hops.map((hop) => hop.trim()).filter((hop) => hop !== '')
    if (chain.length === 0) return realIp(headers) ?? nearest
    return lastUntrusted(chain, trusted.has) ?? nearest
  }
}

/** Undefined when the chain breaks before it: what stands left of nonsense was not written by whom we trust. */
function lastUntrusted(chain: readonly string[], isTrusted: (address: string) => boolean): string | undefined {
  let address: string | undefined
  for (const hop of chain.toReversed()) {
    const plain = plainAddress(withoutPort(hop))
    if (isIP(plain) === 0) return address
    address = plain
    if (!isTrusted(plain)) return address
  }
  return address
}

function realIp(headers: ForwardingHeaders): string | undefined {
  const [first = ''] = [headers['x-real-ip'] ?? []].flat()
  const plain = plainAddress(withoutPort(first.trim()))
  return isIP(plain) === 0 ? undefined : plain
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write them. */
function withoutPort(hop: string): string {
  return /^\[([^\]]*)\](:\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop
}
