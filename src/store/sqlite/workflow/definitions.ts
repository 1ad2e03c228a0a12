/** Definitions of workflows, one row each. */

import { DomainError } from '../../../base/errors.ts'
import type { Workflow } from '../../../workflow/workflow.ts'
import type { WorkflowStore } from '../../workflow-store.ts'
import type { Connection } from '../connection.ts'
import { type GroupCommit, Refused } from '../group-commit.ts'

const LIST = 'select id, document from workflow order by id'
const INSERT = 'insert into workflow (name, document) values (?, ?) returning id'
const REPLACE = 'update workflow set name = ?, document = ? where id = ?'
const REMOVE = 'delete from workflow where id = ?'

type Definitions = Pick<WorkflowStore, 'definitions' | 'insertDefinition' | 'replaceDefinition' | 'removeDefinition'>

export function createDefinitions(connection: Connection, commit: GroupCommit): Definitions {
  const write = async (workflow: Omit<Workflow, 'id'>, text: string, values: (string | number)[]) => {
    try {
      return await commit.write(text, values)
    } catch (error) {
      if (error instanceof Refused)
        throw new DomainError('conflict', `There is a workflow named ${workflow.name} already.`, { field: 'name' })
      throw error
    }
  }
  return {
    async definitions() {
      const rows = connection.prepare(LIST).all() as unknown as { id: number; document: string }[]
      return rows.map(({ id, document }) => ({ ...JSON.parse(document), id }))
    },
    async insertDefinition(workflow) {
      const { rows } = await write(workflow, INSERT, [workflow.name, JSON.stringify(workflow)])
      return { ...workflow, id: Number(rows[0]?.id) }
    },
    async replaceDefinition(workflow) {
      const { id, ...document } = workflow
      const { changes } = await write(workflow, REPLACE, [workflow.name, JSON.stringify(document), id])
      if (changes === 0) throw new DomainError('not_found', `There is no workflow ${id}.`)
    },
    async removeDefinition(id) {
      return (await commit.write(REMOVE, [id])).changes > 0
    },
  }
}
