/** What went through this host's network interfaces, out of /proc/net/dev (proc(5)). Pure. */

const RECEIVED = 0
const SENT = 8

/** Bytes received and sent since boot, by interface. */
export function parseNetwork(text: string): Map<string, number> {
  const lines = text.matchAll(/^ *([^\s:]+): *([\d ]+)$/gm)
  return new Map([...lines].map(([, name = '', counts = '']) => [name, bytesOf(counts)]))
}

function bytesOf(counts: string): number {
  const words = counts.split(/ +/)
  return Number(words[RECEIVED] ?? 0) + Number(words[SENT] ?? 0)
}

/** Bridges, tunnels, bonds and the like pass on what another interface counts as well. */
const PASSING_ON =
  /^(lo|docker|br-|bridge|virbr|veth|cni|flannel|cali|tun|tap|wg|ifb|dummy|bond|team|vlan|sit|ip6)|[.@]/

/** The interfaces by which bytes leave the host: those with a device, or in a container, which has none, those not known to be made up. */
export function outward(names: readonly string[], hasDevice: (name: string) => boolean): string[] {
  const real = names.filter(hasDevice)
  return real.length > 0 ? real : names.filter((name) => !PASSING_ON.test(name))
}
