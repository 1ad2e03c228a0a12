/** Jobs, accounts, submission environments, settings. */

import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await createJobs(db)
  await indexJobs(db)
  await db.schema
    .createTable('account')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('password_hash', 'text')
    .addColumn('roles', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('environment')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('variables', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('setting')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute()
  await countAccountChanges(db)
}

/** Every change of an account moves a number on, so that whoever keeps something about accounts knows when it is old. */
async function countAccountChanges(db: Kysely<unknown>): Promise<void> {
  await sql`insert into setting (name, value) values ('account_generation', '1')`.execute(db)
  for (const change of ['insert', 'update', 'delete']) {
    await sql`create trigger ${sql.ref(`account_${change}`)} after ${sql.raw(change)} on account begin
      update setting set value = cast(value as integer) + 1 where name = 'account_generation'; end`.execute(db)
  }
}

async function createJobs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('job')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('bucket', 'text', (c) => c.notNull())
    .addColumn('rank', 'bigint', (c) => c.notNull())
    .addColumn('submitted_at', 'bigint', (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('fair_group', 'text', (c) => c.notNull())
    .addColumn('command', 'text', (c) => c.notNull())
    .addColumn('command_line', 'text', (c) => c.notNull())
    .addColumn('wrapper', 'text', (c) => c.notNull())
    .addColumn('rundir', 'text', (c) => c.notNull())
    .addColumn('logfile', 'text')
    .addColumn('env', 'text', (c) => c.notNull())
    .addColumn('snapshot', 'text')
    .addColumn('resources', 'text', (c) => c.notNull())
    .addColumn('priority', 'integer', (c) => c.notNull())
    .addColumn('xpriority', 'integer', (c) => c.notNull())
    .addColumn('jobname', 'text', (c) => c.notNull())
    .addColumn('jobclass', 'text', (c) => c.notNull())
    .addColumn('project', 'text', (c) => c.notNull())
    .addColumn('set_name', 'text', (c) => c.notNull())
    .addColumn('submit_host', 'text', (c) => c.notNull())
    .addColumn('tool', 'text', (c) => c.notNull())
    .addColumn('autokill_ms', 'bigint', (c) => c.notNull())
    .addColumn('xdur_ms', 'bigint', (c) => c.notNull())
    .addColumn('legal_exit', 'text', (c) => c.notNull())
    .addColumn('umask', 'integer', (c) => c.notNull())
    .addColumn('autoforget', 'integer', (c) => c.notNull())
    .addColumn('keep_for_ms', 'bigint', (c) => c.notNull())
    .addColumn('preemptable', 'integer', (c) => c.notNull())
    .addColumn('rerunnable', 'integer', (c) => c.notNull())
    .addColumn('details', 'text')
    .addColumn('host', 'text')
    .addColumn('started_at', 'bigint')
    .addColumn('held', 'text')
    .addColumn('suspended_at', 'bigint')
    .addColumn('suspended_ms', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('ended_at', 'bigint')
    .addColumn('cause', 'text')
    .addColumn('exit_code', 'integer')
    .addColumn('signal', 'text')
    .addColumn('cpu_ms', 'bigint')
    .addColumn('max_ram_mb', 'integer')
    .addCheckConstraint('final_has_end', sql`(state in ('done', 'failed')) = (ended_at is not null)`)
    .addCheckConstraint('active_has_run', sql`state not in ('running', 'suspended') or started_at is not null`)
    .addCheckConstraint('failure_has_cause', sql`(state = 'failed') = (cause is not null)`)
    .execute()
}

async function indexJobs(db: Kysely<unknown>): Promise<void> {
  // The dispatcher's view; partial, so that it is as small as the queue.
  await sql`create index job_queued on job (bucket, rank, id) where state = 'queued'`.execute(db)
  await sql`create unique index job_logfile on job (logfile) where logfile is not null`.execute(db)
  await sql`create index job_state on job (state, id)`.execute(db)
  await sql`create index job_user on job ("user", id)`.execute(db)
  await sql`create index job_ended on job (state, ended_at) where ended_at is not null`.execute(db)
  await sql`create index job_set on job (set_name, id) where set_name <> ''`.execute(db)
  await sql`create index job_class on job (jobclass, id) where jobclass <> ''`.execute(db)
}

export const migration: Migration = { up }
