/** Which records exist for a caller, and how much of one he is shown. */

import type { Caller } from '../../auth/caller.ts'
import { isVisible, mayReadTag, mayReport, visibleTo } from '../../auth/record-rights.ts'
import { DomainError } from '../../base/errors.ts'
import { ALL, type Filter } from '../../job/filter.ts'
import type { JobRecord, RecordId, Tag } from '../../job/record.ts'
import type { RecordField } from '../../job/record-field.ts'
import type { Clusters } from '../../metric/cluster/cluster.ts'

/** @throws forbidden for an account without a view of records */
export function visibleFilter(caller: Caller): Filter<RecordField> {
  const visibility = visibleTo(caller)
  if (visibility === 'all') return ALL
  const own = equals('user', [visibility.user])
  if (visibility.projects.length === 0) return own
  return { kind: 'or', of: [own, equals('project', visibility.projects)] }
}

export function equals(field: RecordField, values: readonly (string | number)[]): Filter<RecordField> {
  return { kind: 'compare', field, operator: 'equal', values }
}

/** A record that somebody may not see is as good as none. @throws not_found */
export function requireVisible(caller: Caller, record: JobRecord | undefined, id: RecordId): JobRecord {
  if (record && isVisible(visibleTo(caller), record)) return record
  throw new DomainError('not_found', `there is no record ${id}, or it is not yours to see`)
}

/** @throws forbidden */
export function requireReporter(caller: Caller): void {
  if (mayReport(caller)) return
  throw new DomainError('forbidden', `${caller.user} may not report jobs: it takes the role api or admin`)
}

/** Whether metrics marked `restrict` are kept from the caller (spec/cockpit.md 3.2). */
function seesRestricted({ roles }: Caller): boolean {
  return roles.some((role) => role === 'manager' || role === 'support' || role === 'admin' || role === 'api')
}

/** Names of the cluster's metrics that the caller does not get to see. */
export function hiddenMetrics(caller: Caller, record: Pick<JobRecord, 'cluster'>, clusters: Clusters): Set<string> {
  if (seesRestricted(caller)) return new Set()
  const metrics = clusters.get(record.cluster)?.subClusters.flatMap((one) => one.metrics) ?? []
  return new Set(metrics.filter(({ restrict }) => restrict).map(({ name }) => name))
}

/** The record without tags of others and without what restricted metrics say of it. */
export function shownTo(caller: Caller, record: JobRecord, clusters: Clusters): JobRecord {
  const tags = readableTags(caller, record.tags)
  const hidden = hiddenMetrics(caller, record, clusters)
  if (hidden.size === 0) return tags === record.tags ? record : { ...record, tags }
  const energyFootprint = without(record.energyFootprint, (name) => hidden.has(name))
  return {
    ...record,
    tags,
    energyFootprint,
    // The whole would tell of the part that is kept back.
    energy: energyFootprint ? Object.values(energyFootprint).reduce((sum, energy) => sum + energy, 0) : record.energy,
    statistics: without(record.statistics, (name) => hidden.has(name)),
    footprint: without(record.footprint, (name) => hidden.has(name.slice(0, name.lastIndexOf('_')))),
  }
}

function readableTags(caller: Caller, tags: readonly Tag[]): readonly Tag[] {
  return tags.every(({ scope }) => mayReadTag(caller, scope))
    ? tags
    : tags.filter(({ scope }) => mayReadTag(caller, scope))
}

function without<Value>(
  values: Readonly<Record<string, Value>> | null,
  hides: (name: string) => boolean,
): Readonly<Record<string, Value>> | null {
  return values && Object.fromEntries(Object.entries(values).filter(([name]) => !hides(name)))
}
