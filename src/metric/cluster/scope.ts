/**
 * What to read from the metric store to have a metric at a scope that it is not measured at (spec/cockpit.md 4.5). Values are
 * combined upward only: a finer scope than a metric's own stands for that one.
 */

import { SCOPES, type Scope } from '../metric.ts'
import type { Topology } from './cluster.ts'

export interface ScopeRead {
  level: Scope
  /** Never empty but at level node, which has no children to choose from. */
  ids: readonly string[]
  /** One curve of all ids instead of one of each. */
  aggregate: boolean
  /** Of the aggregated curve; null at scope node, and where each id makes a series of its own. */
  seriesId: string | null
}

export interface ScopeTranslation {
  /** Where the series belong, which may be coarser than was asked for. */
  scope: Scope
  /** None where the job had nothing there. */
  reads: readonly ScopeRead[]
}

export interface HostShare {
  topology: Topology
  /** Of the job; all that the host has where empty. */
  hwthreads: readonly number[]
  /** Of the job; none where empty, as the reference has it. */
  accelerators: readonly string[]
}

export function translateScope(native: Scope, requested: Scope, share: HostShare): ScopeTranslation {
  if (native === 'accelerator') return { scope: requested, reads: acceleratorReads(requested, share) }
  const scope = coarser(native, requested)
  return { scope, reads: readsAt(native, scope, share).filter(({ level, ids }) => level === 'node' || ids.length > 0) }
}

/** `accelerator` stands last, so that any scope of processors is coarser. */
function coarser(one: Scope, other: Scope): Scope {
  return SCOPES.indexOf(one) < SCOPES.indexOf(other) ? one : other
}

function acceleratorReads(requested: Scope, { accelerators }: HostShare): ScopeRead[] {
  if (accelerators.length === 0 || (requested !== 'node' && requested !== 'accelerator')) return []
  return [{ level: 'accelerator', ids: accelerators, aggregate: requested === 'node', seriesId: null }]
}

function readsAt(native: Scope, scope: Scope, share: HostShare): ScopeRead[] {
  // A host that only sends finer values than was agreed has a curve all the same.
  if (native === 'node') return [{ level: 'node', ids: [], aggregate: true, seriesId: null }]
  const own = groupsAt(native, share.topology).filter(sharedBy(share))
  if (scope === native) return [{ level: native, ids: idsOf(own), aggregate: false, seriesId: null }]
  if (scope === 'node') return [{ level: native, ids: idsOf(own), aggregate: true, seriesId: null }]
  const all = groupsAt(native, share.topology)
  return groupsAt(scope, share.topology)
    .filter(sharedBy(share))
    .map((group) => ({ level: native, ids: idsOf(all.filter(within(group))), aggregate: true, seriesId: group.id }))
}

/** A socket, memory domain, core or hardware thread, with its threads. */
interface Group {
  id: string
  threads: readonly number[]
}

function groupsAt(scope: Scope, topology: Topology): Group[] {
  if (scope === 'hwthread') return topology.node.map((thread) => ({ id: `${thread}`, threads: [thread] }))
  if (scope === 'node' || scope === 'accelerator') return []
  return topology[scope].map((threads, index) => ({ id: `${index}`, threads }))
}

function idsOf(groups: readonly Group[]): string[] {
  return groups.map(({ id }) => id)
}

function sharedBy({ hwthreads }: HostShare): (group: Group) => boolean {
  if (hwthreads.length === 0) return () => true
  const own = new Set(hwthreads)
  return ({ threads }) => threads.some((thread) => own.has(thread))
}

function within(outer: Group): (group: Group) => boolean {
  const threads = new Set(outer.threads)
  return (group) => group.threads.some((thread) => threads.has(thread))
}
