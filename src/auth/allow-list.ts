/** Which addresses may use a door. */

import { BlockList, isIP, SocketAddress } from 'node:net'
import { DomainError } from '../base/errors.ts'

export interface AllowList {
  has(address: string): boolean
}

const EVERYBODY = '*'

/**
 * Addresses and CIDR ranges; an IPv4 address counts also where it is written as IPv6 (`::ffff:192.0.2.1`). `*` among them
 * is everybody.
 * @throws invalid for what is neither
 */
export function createAllowList(entries: readonly string[]): AllowList {
  if (entries.includes(EVERYBODY)) return { has: () => true }
  const list = new BlockList()
  for (const entry of entries) add(list, entry)
  return {
    has(address) {
      const plain = plainAddress(address)
      const version = isIP(plain)
      return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

/** Without the zone of a link-local address, and as IPv4 where it is that (`::ffff:c000:201` too). */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/s, '')
  if (isIP(bare) !== 6) return bare
  const canonical = new SocketAddress({ address: bare, family: 'ipv6' }).address
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(canonical)?.[1] ?? canonical
}

function add(list: BlockList, entry: string): void {
  const [address = '', bits, ...more] = entry.split('/')
  const version = isIP(address)
  const most = version === 4 ? 32 : 128
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (version === 0 || more.length > 0 || !(prefix <= most))
    throw new DomainError('invalid', `${JSON.stringify(entry)} is no address and no range such as "10.0.0.0/8"`)
  addRange(list, address, prefix)
}

/** A range of `::ffff:0:0/96` is one of IPv4, which addresses are compared as. */
function addRange(list: BlockList, address: string, prefix: number): void {
  const plain = plainAddress(address)
  if (isIP(plain) === isIP(address)) list.addSubnet(plain, prefix, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
  else if (prefix >= 96) list.addSubnet(plain, prefix - 96, 'ipv4')
  else list.addSubnet(address, prefix, 'ipv6')
}
