/** What is remembered of workflows, in SQLite. */

import type { WorkflowStore } from '../../workflow-store.ts'
import type { Connection } from '../connection.ts'
import type { GroupCommit } from '../group-commit.ts'
import type { Reader } from '../reader.ts'
import { createDefinitions } from './definitions.ts'
import { createDocuments, createSchedules } from './documents.ts'
import { createRunLists } from './run-lists.ts'
import { createRuns } from './runs.ts'
import { createTaskChanges } from './task-changes.ts'
import { createTaskLists } from './task-lists.ts'
import { createTasks } from './tasks.ts'

export interface WorkflowStoreParts {
  /** Reads only, and sees every commit. */
  connection: Connection
  commit: GroupCommit
  reader: Reader
}

export function createWorkflowStore({ connection, commit, reader }: WorkflowStoreParts): WorkflowStore {
  return {
    ...createDefinitions(connection, commit),
    ...createRuns(connection, commit),
    ...createRunLists(reader),
    ...createTasks(connection),
    ...createTaskLists(reader),
    ...createTaskChanges(commit),
    ...createSchedules(connection, commit),
    ...createDocuments(connection, commit),
  }
}
