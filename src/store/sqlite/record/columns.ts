/** What each field of a record is in SQLite; every column by its full name, because conditions stand beside other tables. */

import { sql } from 'kysely'
import type { Instant } from '../../../base/clock.ts'
import { RECORD_STATES } from '../../../job/record.ts'
import type { RecordField } from '../../../job/record-field.ts'
import type { Expression, FieldColumn } from '../../field-table.ts'
import type { RecordTable } from '../../schema.ts'

type PlainField = Exclude<RecordField, `footprint.${string}` | 'state' | 'durationMs' | 'jobName' | 'host' | 'tag'>

const PLAIN: Readonly<Record<PlainField, keyof RecordTable>> = {
  id: 'id',
  jobId: 'job_id',
  arrayJobId: 'array_job_id',
  cluster: 'cluster',
  subCluster: 'sub_cluster',
  partition: 'partition',
  project: 'project',
  user: 'user',
  shared: 'shared',
  monitoring: 'monitoring',
  origin: 'origin',
  numNodes: 'num_nodes',
  numHwthreads: 'num_hwthreads',
  numAcc: 'num_acc',
  startedAt: 'started_at',
  walltimeMs: 'walltime_ms',
  energy: 'energy',
}

const HOST: FieldColumn = {
  expression: sql`resource.value ->> '$.hostname'`,
  any: (condition) => sql`exists (select 1 from json_each(record.resources) as resource where ${condition})`,
}

/**
 * The list of ids is made once. The plus keeps the planner from starting with it: most of a common tag's records would be
 * fetched only to be sorted, where a walk in the order of time has its page after a few steps.
 */
const TAG: FieldColumn = {
  expression: sql`tag.type || ':' || tag.name`,
  any: (condition) => sql`+record.id in
    (select record_tag.record_id from record_tag join tag on tag.id = record_tag.tag_id where ${condition})`,
}

export function recordColumn(field: RecordField, now: Instant): FieldColumn {
  switch (field) {
    case 'state':
      return { expression: sql`record.state`, words: RECORD_STATES }
    case 'host':
      return HOST
    case 'tag':
      return TAG
    case 'jobName':
      return { expression: sql`coalesce(record.meta_data ->> '$.jobName', '')` }
    case 'durationMs':
      return { expression: duration(now) }
    default:
      return isFootprint(field) ? footprint(field) : { expression: sql`${sql.ref(`record.${PLAIN[field]}`)}` }
  }
}

function isFootprint(field: RecordField): field is `footprint.${string}` {
  return field.startsWith('footprint.')
}

function duration(now: Instant): Expression {
  return sql`case when record.state in ('running', 'suspended') then ${sql.lit(now)} - record.started_at
    else record.duration_ms end`
}

/** The key is bound and compared: as part of a path it could mean another place. */
function footprint(field: string): FieldColumn {
  const key = field.slice('footprint.'.length)
  return {
    expression: sql`(select entry.value from json_each(record.footprint) as entry where entry.key = ${sql.val(key)})`,
    nullable: true,
  }
}
