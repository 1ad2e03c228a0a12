/** Workflows: definitions, runs, tasks and their batches, schedules, small documents; keys of programs. */

import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await createDefinitions(db)
  await createRuns(db)
  await createTasks(db)
  await createKeys(db)
}

async function createDefinitions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('workflow')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('document', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('workflow_schedule')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('document', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('workflow_document')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await sql`create index workflow_document_kind on workflow_document (kind, id)`.execute(db)
}

const RUN_SUMS = ['discovered', 'discovered_bytes', 'processed', 'skipped', 'aborted', 'failed', 'moved_bytes']
const TASKS_IN = ['pending', 'started', 'success', 'failure', 'error', 'skipped', 'cancelled']

async function createRuns(db: Kysely<unknown>): Promise<void> {
  const texts = ['workflow', 'label', 'site', 'queue', 'owner', 'client_key', 'state']
  let table = db.schema
    .createTable('workflow_run')
    // Never given twice: people and programs keep these numbers.
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('version', 'integer', (c) => c.notNull())
  for (const name of texts) table = table.addColumn(name, 'text', (c) => c.notNull())
  table = table
    .addColumn('schedule', 'integer')
    .addColumn('discovery', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('completed_at', 'bigint')
  for (const name of [...RUN_SUMS, ...TASKS_IN.map((state) => `tasks_${state}`)])
    table = table.addColumn(name, 'bigint', (c) => c.notNull())
  await table
    .addColumn('day', 'integer', (c) => c.generatedAlwaysAs(sql`created_at / 86400000`))
    .addColumn('is_noop', 'integer', (c) =>
      c.generatedAlwaysAs(sql`completed_at is not null and processed + aborted + failed = 0`),
    )
    // The wide ones last, so that a condition on the others does not read past them.
    .addColumn('paths', 'text', (c) => c.notNull())
    .addColumn('fields', 'text', (c) => c.notNull())
    .addColumn('definition', 'text', (c) => c.notNull())
    .addCheckConstraint(
      'over_has_end',
      sql`(state in ('success', 'failure', 'error', 'cancelled', 'skipped')) = (completed_at is not null)`,
    )
    .execute()
  // In the order of the grouping, with all that a filter asks for: counting reads nothing else.
  await sql`create index workflow_run_stats on workflow_run
    (workflow, site, state, day, queue, owner, created_at, is_noop, schedule)`.execute(db)
  await sql`create index workflow_run_open on workflow_run (id) where completed_at is null`.execute(db)
  await sql`create index workflow_run_completed on workflow_run (completed_at) where completed_at is not null`.execute(
    db,
  )
  await sql`create index workflow_run_created on workflow_run (created_at, id)`.execute(db)
  await sql`create index workflow_run_schedule on workflow_run (schedule, id) where schedule is not null`.execute(db)
  for (const name of ['state', 'site', 'owner', 'workflow'])
    await sql`create index ${sql.ref(`workflow_run_${name}`)} on workflow_run (${sql.ref(name)}, id)`.execute(db)
}

async function createTasks(db: Kysely<unknown>): Promise<void> {
  let table = db.schema
    .createTable('workflow_task')
    // That of its job.
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('run_id', 'integer', (c) => c.notNull().references('workflow_run.id').onDelete('cascade'))
  for (const name of ['name', 'site', 'queue', 'lane', 'state'])
    table = table.addColumn(name, 'text', (c) => c.notNull())
  table = table
    // Whether the engine has its job.
    .addColumn('handed', 'integer', (c) => c.notNull().defaultTo(0))
    // Of a discovery: how many findings are stored, and where to go on.
    .addColumn('sequence', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('cursor', 'text')
    .addColumn('parent', 'integer')
    .addColumn('rule', 'integer', (c) => c.notNull())
    .addColumn('step', 'integer', (c) => c.notNull())
  for (const name of ['path_count', 'processed', 'skipped', 'aborted', 'failed', 'moved_bytes'])
    table = table.addColumn(name, 'bigint', (c) => c.notNull().defaultTo(0))
  await table
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('completed_at', 'bigint')
    .addColumn('message', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('arguments', 'text', (c) => c.notNull())
    .execute()
  await sql`create index workflow_task_run on workflow_task (run_id, id)`.execute(db)
  await sql`create index workflow_task_state on workflow_task (run_id, state, id)`.execute(db)
  await sql`create index workflow_task_unhanded on workflow_task (run_id, id)
    where state = 'pending' and handed = 0`.execute(db)
  await sql`create index workflow_task_queued on workflow_task (run_id, id)
    where state = 'pending' and handed = 1`.execute(db)
  await db.schema
    .createTable('workflow_batch')
    .addColumn('task_id', 'integer', (c) => c.primaryKey().references('workflow_task.id').onDelete('cascade'))
    .addColumn('entries', 'blob')
    .addColumn('outcomes', 'blob')
    .execute()
}

async function createKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('client_key')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('prefix', 'text', (c) => c.notNull().unique())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .execute()
  await sql`create index client_key_user on client_key ("user", id)`.execute(db)
}

export const migration: Migration = { up }
