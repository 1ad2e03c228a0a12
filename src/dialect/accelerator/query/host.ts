/** Hosts and their taskers: one tasker a host, so that both names give the same rows. */

import type { Instant } from '../../../base/clock.ts'
import type { Engine } from '../../../engine/engine.ts'
import { type Column, rowCatalogue, type Thing } from './row-source.ts'

type Host = ReturnType<Engine['hosts']>[number]

const COLUMNS: readonly Column[] = [
  ['NAME', 'string', 'Its name'],
  ['HOST', 'string', 'The same as NAME'],
  ['STATUS', 'string', 'Idle, Working, Full, Overloaded or Sick'],
  ['ARCH', 'string', 'Its processor architecture'],
  ['OS', 'string', 'Its operating system'],
  ['CORES', 'integer', 'Processor cores'],
  ['SLOTS', 'integer', 'Jobs that may run at once'],
  ['SLOTSUSED', 'integer', 'Slots in use'],
  ['RAM', 'integer', 'Memory, MB'],
  ['RAMUSED', 'integer', 'Memory that its jobs asked for, MB'],
  ['RAMFREE', 'integer', 'Memory free now, MB'],
  ['SWAP', 'integer', 'Swap space, MB'],
  ['L1', 'decimal', 'Load average of one minute'],
  ['L5', 'decimal', 'Load average of five minutes'],
  ['L15', 'decimal', 'Load average of fifteen minutes'],
  ['MAXLOAD', 'decimal', 'L1 above which it counts as overloaded'],
  ['UPTIME', 'seconds', 'Seconds since it was booted'],
  ['RESOURCES', 'string', 'All that it offers, as a resource expression'],
]

export const HOSTS = rowCatalogue('hosts', COLUMNS)

export function hostThings(engine: Pick<Engine, 'hosts' | 'heldOn'>, now: Instant): Thing[] {
  return engine.hosts().map((host) => thingOf(host, engine.heldOn(host.name), now))
}

function thingOf(host: Host, held: Readonly<Record<string, number>>, now: Instant): Thing {
  const { capacity, attributes, loadAverage, bootedAt } = host
  return {
    NAME: host.name,
    HOST: host.name,
    STATUS: statusOf(host, held.SLOTS ?? 0),
    ARCH: attributes.ARCH ?? '',
    OS: attributes.OS ?? '',
    CORES: capacity.CORES ?? 0,
    SLOTS: capacity.SLOTS ?? 0,
    SLOTSUSED: held.SLOTS ?? 0,
    RAM: capacity.RAM ?? 0,
    RAMUSED: held.RAM ?? 0,
    RAMFREE: host.freeRamMb,
    SWAP: capacity.SWAP ?? 0,
    L1: toHundredths(loadAverage[0]),
    L5: toHundredths(loadAverage[1]),
    L15: toHundredths(loadAverage[2]),
    MAXLOAD: maxLoadOf(host),
    UPTIME: Math.max(0, Math.floor((now - bootedAt) / 1000)),
    RESOURCES: resourcesOf(host),
  }
}

/** Tasker Status: Sick sends no heartbeat, Full has no free slot, Overloaded has a load above its limit. */
function statusOf(host: Host, slotsUsed: number): string {
  if (!host.up) return 'Sick'
  if (slotsUsed >= (host.capacity.SLOTS ?? 0)) return 'Full'
  if (host.loadAverage[0] > maxLoadOf(host)) return 'Overloaded'
  return slotsUsed > 0 ? 'Working' : 'Idle'
}

/** vtk_tasker_define: the limit of a host with N CPUs is N + 0.5. */
function maxLoadOf({ capacity }: Host): number {
  return (capacity.CORES ?? 0) + 0.5
}

function resourcesOf({ capacity, attributes }: Host): string {
  const amounts = Object.entries(capacity).map(([name, amount]) => `${name}/${amount}`)
  const words = Object.entries(attributes).map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return [...amounts, ...words].join(' ')
}

function toHundredths(load: number): number {
  return Math.round(load * 100) / 100
}
