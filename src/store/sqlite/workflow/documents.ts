/** Schedules, and small documents by kind, one row each. */

import type { WorkflowStore } from '../../workflow-store.ts'
import type { Connection } from '../connection.ts'
import type { GroupCommit } from '../group-commit.ts'

const SCHEDULES = 'select id, document from workflow_schedule order by id'
const INSERT_SCHEDULE = 'insert into workflow_schedule (document) values (?) returning id'
const REPLACE_SCHEDULE = 'update workflow_schedule set document = ? where id = ?'
const REMOVE_SCHEDULE = 'delete from workflow_schedule where id = ?'

const DOCUMENTS = 'select id, name, value, created_at from workflow_document where kind = ? order by id'
const INSERT = 'insert into workflow_document (kind, name, value, created_at) values (?, ?, ?, ?) returning id'
const REPLACE = 'update workflow_document set value = ? where kind = ? and id = ?'
const REMOVE = 'delete from workflow_document where kind = ? and id = ?'

type Schedules = Pick<WorkflowStore, 'schedules' | 'insertSchedule' | 'replaceSchedule' | 'removeSchedule'>
type Documents = Pick<WorkflowStore, 'documents' | 'insertDocument' | 'replaceDocument' | 'removeDocument'>

export function createSchedules(connection: Connection, commit: GroupCommit): Schedules {
  return {
    async schedules() {
      const rows = connection.prepare(SCHEDULES).all() as unknown as { id: number; document: string }[]
      return rows.map(({ id, document }) => ({ ...JSON.parse(document), id }))
    },
    async insertSchedule(schedule) {
      const { rows } = await commit.write(INSERT_SCHEDULE, [JSON.stringify(schedule)])
      return { ...schedule, id: Number(rows[0]?.id) }
    },
    async replaceSchedule({ id, ...document }) {
      await commit.write(REPLACE_SCHEDULE, [JSON.stringify(document), id])
    },
    async removeSchedule(id) {
      return (await commit.write(REMOVE_SCHEDULE, [id])).changes > 0
    },
  }
}

interface DocumentRow {
  id: number
  name: string
  value: string
  created_at: number
}

export function createDocuments(connection: Connection, commit: GroupCommit): Documents {
  return {
    async documents(kind) {
      const rows = connection.prepare(DOCUMENTS).all(kind) as unknown as DocumentRow[]
      return rows.map(({ id, name, value, created_at }) => ({
        id,
        name,
        value: JSON.parse(value),
        createdAt: created_at,
      }))
    },
    async insertDocument(kind, name, value, at) {
      const { rows } = await commit.write(INSERT, [kind, name, JSON.stringify(value), at])
      return Number(rows[0]?.id)
    },
    async replaceDocument(kind, id, value) {
      return (await commit.write(REPLACE, [JSON.stringify(value), kind, id])).changes > 0
    },
    async removeDocument(kind, id) {
      return (await commit.write(REMOVE, [kind, id])).changes > 0
    },
  }
}
