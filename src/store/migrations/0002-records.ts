/** Records of runs, tags, node reports; what is known of people. */

import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await createRecords(db)
  await indexRecords(db)
  await createTags(db)
  await createNodeReports(db)
  await tellSizes(db)
  await describePeople(db)
}

async function createRecords(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('record')
    // Never given twice: clients keep these numbers.
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('job_id', 'bigint', (c) => c.notNull())
    .addColumn('cluster', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('origin', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('monitoring', 'text', (c) => c.notNull())
    .addColumn('duration_ms', 'bigint', (c) => c.notNull())
    .addColumn('energy', 'double precision', (c) => c.notNull())
    .addColumn('sub_cluster', 'text', (c) => c.notNull())
    .addColumn('partition', 'text', (c) => c.notNull())
    .addColumn('project', 'text', (c) => c.notNull())
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('shared', 'text', (c) => c.notNull())
    .addColumn('num_nodes', 'integer', (c) => c.notNull())
    .addColumn('num_hwthreads', 'integer', (c) => c.notNull())
    .addColumn('num_acc', 'integer', (c) => c.notNull())
    .addColumn('smt', 'integer', (c) => c.notNull())
    .addColumn('array_job_id', 'bigint', (c) => c.notNull())
    .addColumn('walltime_ms', 'bigint', (c) => c.notNull())
    .addColumn('submitted_at', 'bigint', (c) => c.notNull())
    .addColumn('requested_memory_mb', 'bigint', (c) => c.notNull())
    // The wide ones last, so that a condition on the others does not read past them.
    .addColumn('footprint', 'text')
    .addColumn('energy_footprint', 'text')
    .addColumn('resources', 'text')
    .addColumn('meta_data', 'text')
    .addColumn('statistics', 'text')
    .execute()
}

/** Each costs every start and stop; what is not here is found by walking in the order of time. */
async function indexRecords(db: Kysely<unknown>): Promise<void> {
  await sql`create unique index record_run on record (job_id, cluster, started_at, attempt)`.execute(db)
  await sql`create index record_started on record (started_at)`.execute(db)
  await sql`create index record_state on record (state, started_at)`.execute(db)
  await sql`create index record_cluster on record (cluster, started_at)`.execute(db)
  await sql`create index record_cluster_state on record (cluster, state, started_at)`.execute(db)
  await sql`create index record_partition on record ("partition", started_at)`.execute(db)
  await sql`create index record_project on record (project, started_at)`.execute(db)
  await sql`create index record_user on record ("user", started_at)`.execute(db)
  // The state is in it for the planner, who passes over an index that has no column to look up.
  await sql`create index record_running on record (state, started_at) where state = 'running'`.execute(db)
  await sql`create index record_unsettled on record (started_at)
    where monitoring = 'pending' and state not in ('pending', 'running', 'suspended')`.execute(db)
  await sql`create index record_engine on record (job_id, attempt) where origin = 'engine'`.execute(db)
}

async function createTags(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tag')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('scope', 'text', (c) => c.notNull())
    .addUniqueConstraint('tag_name', ['type', 'name', 'scope'])
    .execute()
  await db.schema
    .createTable('record_tag')
    .addColumn('record_id', 'integer', (c) => c.notNull().references('record.id').onDelete('cascade'))
    .addColumn('tag_id', 'integer', (c) => c.notNull().references('tag.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('record_tag_pair', ['record_id', 'tag_id'])
    .execute()
  await sql`create index record_tag_tag on record_tag (tag_id, record_id)`.execute(db)
}

async function createNodeReports(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('node_report')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('cluster', 'text', (c) => c.notNull())
    .addColumn('hostname', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('sub_cluster', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('health', 'text', (c) => c.notNull())
    .addColumn('unhealthy', 'text')
    .addColumn('cpus_allocated', 'integer', (c) => c.notNull())
    .addColumn('memory_allocated_mb', 'bigint', (c) => c.notNull())
    .addColumn('gpus_allocated', 'integer', (c) => c.notNull())
    .addColumn('jobs_running', 'integer', (c) => c.notNull())
    .execute()
  await sql`create unique index node_report_node on node_report (cluster, hostname, at)`.execute(db)
  await sql`create index node_report_at on node_report (at)`.execute(db)
}

/** Index to its rows, and to how many of them are alike in the first, the first two … columns, in a year of a busy site. */
const SIZES: Readonly<Record<string, readonly [table: string, sizes: string]>> = {
  record_run: ['record', '1000000 2 2 1 1'],
  record_started: ['record', '1000000 1'],
  record_state: ['record', '1000000 100000 1'],
  record_cluster: ['record', '1000000 200000 1'],
  record_cluster_state: ['record', '1000000 200000 20000 1'],
  record_partition: ['record', '1000000 15000 1'],
  record_project: ['record', '1000000 5000 1'],
  record_user: ['record', '1000000 1000 1'],
  record_running: ['record', '1000 1000 1'],
  record_unsettled: ['record', '100 1'],
  record_engine: ['record', '100000 1 1'],
  record_tag_tag: ['record_tag', '1000000 5000 1'],
}

/**
 * The planner chooses by what it is told of an index, and without a word of it takes the one with the most columns: the
 * 200,000 completed jobs of a cluster before the four of a user. Told here and never measured, so that no database plans
 * another way than the one that was tested (https://sqlite.org/fileformat2.html#stat1tab).
 */
async function tellSizes(db: Kysely<unknown>): Promise<void> {
  // Makes the table of sizes, with nothing measured yet.
  await sql`analyze record`.execute(db)
  await sql`delete from sqlite_stat1`.execute(db)
  for (const [index, [table, sizes]] of Object.entries(SIZES)) {
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${table}, ${index}, ${sizes})`.execute(db)
  }
}

async function describePeople(db: Kysely<unknown>): Promise<void> {
  for (const name of ['full_name', 'email']) {
    await db.schema
      .alterTable('account')
      .addColumn(name, 'text', (c) => c.notNull().defaultTo(''))
      .execute()
  }
  await db.schema
    .alterTable('account')
    .addColumn('projects', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute()
  await db.schema
    .alterTable('account')
    .addColumn('source', 'text', (c) => c.notNull().defaultTo('local'))
    .execute()
  await sql`update account set source = 'linux' where password_hash is null`.execute(db)
  // By name, not by account: whoever signs in by a token alone has no account here.
  await db.schema
    .createTable('preference')
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('preference_key', ['account', 'key'])
    .execute()
}

export const migration: Migration = { up }
