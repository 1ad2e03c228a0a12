/** What a job takes from a host that can give it, and what is missing where none can. */

import type { Demand } from './demand.ts'
import type { Amounts } from './job.ts'
import { holdsLane, isLane } from './task-job.ts'

/** What a host has left. A name is offered as a free amount, as an attribute, or as an attribute's value (`unix`, `linux`). */
export interface Offer {
  free: Amounts
  capacity: Amounts
  attributes: Readonly<Record<string, string>>
}

export type Allocation = { taken: Amounts } | { missing: string }

const PERCENT_OF_HOST = 100

/**
 * Every job takes a slot, a core and a share of the host, unless it asks for more (Jobs Allocated on Percent); one that
 * takes a lane takes nothing but what it asks for.
 */
export function allocate(demand: Demand, offer: Offer): Allocation {
  const asked = satisfy(demand, offer)
  if ('missing' in asked) return asked
  const taken: Record<string, number> = { ...asked.taken }
  const least = holdsLane(taken) ? {} : leastOf(offer.capacity)
  for (const [name, amount] of Object.entries(least)) taken[name] = Math.max(taken[name] ?? 0, amount)
  const short = Object.entries(taken).find(([name, amount]) => amount > (offer.free[name] ?? 0))
  return short ? { missing: shortage(short[0], short[1], offer) } : { taken }
}

function leastOf(capacity: Amounts): Readonly<Record<string, number>> {
  return { SLOTS: 1, CORES: 1, PERCENT: PERCENT_OF_HOST / Math.max(PERCENT_OF_HOST, capacity.SLOTS ?? 0) }
}

/** Whether a job took no more than every job does, so that any other such job can take its place. */
export function isPlain(taken: Amounts, capacity: Amounts): boolean {
  const least = leastOf(capacity)
  return Object.entries(taken).every(([name, amount]) => amount === least[name])
}

function satisfy(demand: Demand, offer: Offer): Allocation {
  switch (demand.kind) {
    case 'and':
      return all(demand.of, offer)
    case 'or':
      return any(demand.of, offer)
    case 'not':
      return 'taken' in satisfy(demand.of, offer) ? { missing: 'a host without what the job excludes' } : { taken: {} }
    case 'has':
      return available(demand.name, offer) >= demand.amount
        ? { taken: {} }
        : { missing: shortage(demand.name, demand.amount, offer) }
    case 'take':
      return demand.amount <= (offer.free[demand.name] ?? 0)
        ? { taken: { [demand.name]: demand.amount } }
        : { missing: shortage(demand.name, demand.amount, offer) }
  }
}

function all(of: readonly Demand[], offer: Offer): Allocation {
  const taken: Record<string, number> = {}
  for (const part of of) {
    const allocation = satisfy(part, offer)
    if ('missing' in allocation) return allocation
    for (const [name, amount] of Object.entries(allocation.taken)) taken[name] = (taken[name] ?? 0) + amount
  }
  return { taken }
}

function any(of: readonly Demand[], offer: Offer): Allocation {
  const missing: string[] = []
  for (const part of of) {
    const allocation = satisfy(part, offer)
    if ('taken' in allocation) return allocation
    missing.push(allocation.missing)
  }
  return { missing: missing.join(' or ') }
}

function available(name: string, offer: Offer): number {
  const attribute = offer.attributes[name]
  if (attribute !== undefined && attribute !== '' && !Number.isNaN(Number(attribute))) return Number(attribute)
  if (attribute !== undefined || Object.values(offer.attributes).includes(name)) return Number.POSITIVE_INFINITY
  return offer.free[name] ?? 0
}

function shortage(name: string, amount: number, { free, capacity }: Offer): string {
  const total = capacity[name]
  if (total === undefined) return `${name} (nothing offers it)`
  if (isLane(name) && total === 0) return `${name} (the mover of its site cannot be reached)`
  if (amount > total) return `${name}: ${amount} asked, the host has ${total} in all`
  return `${name}: ${amount} asked, ${round(free[name] ?? 0)} of ${total} free`
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100
}

/** `a` without `b`, by name. */
export function subtract(a: Amounts, b: Amounts): Record<string, number> {
  const rest: Record<string, number> = { ...a }
  for (const [name, amount] of Object.entries(b)) rest[name] = (rest[name] ?? 0) - amount
  return rest
}

/** The sum by name. */
export function sum(amounts: Iterable<Amounts>): Record<string, number> {
  const total: Record<string, number> = {}
  for (const part of amounts) {
    for (const [name, amount] of Object.entries(part)) total[name] = (total[name] ?? 0) + amount
  }
  return total
}
