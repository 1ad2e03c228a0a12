/** Tasks of all runs in lists, counted as they change; keys of programs that end by themselves. */

import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index workflow_task_states on workflow_task (state, id)`.execute(db)
  await countTasks(db)
  await sql`alter table client_key add column expires_at bigint`.execute(db)
}

/** Counting ten million rows takes a second; a row a state is there at once. */
async function countTasks(db: Kysely<unknown>): Promise<void> {
  await sql`create table workflow_task_count (state text primary key, size bigint not null) without rowid`.execute(db)
  await sql`insert into workflow_task_count select state, count(*) from workflow_task group by state`.execute(db)
  const more = sql`insert into workflow_task_count values (new.state, 1)
    on conflict (state) do update set size = size + 1`
  const less = sql`update workflow_task_count set size = size - 1 where state = old.state`
  await sql`create trigger workflow_task_added after insert on workflow_task begin ${more}; end`.execute(db)
  await sql`create trigger workflow_task_removed after delete on workflow_task begin ${less}; end`.execute(db)
  await sql`create trigger workflow_task_moved after update of state on workflow_task
    when new.state <> old.state begin ${less}; ${more}; end`.execute(db)
}

export const migration: Migration = { up }
