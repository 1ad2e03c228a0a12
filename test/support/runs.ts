/** Runs and tasks for tests: plausible ones, with what the test is about said at the call. */

import type { NewTask } from '../../src/store/workflow-store.ts'
import type { Run } from '../../src/workflow/task.ts'
import type { Workflow } from '../../src/workflow/workflow.ts'
import { NOW } from './jobs.ts'

export function aRunOf(changes: Partial<Run> = {}): Omit<Run, 'id'> {
  const { id: _given, ...rest } = changes
  return {
    version: 1,
    workflow: 'migrate',
    label: 'Migrate',
    site: 'one',
    queue: 'default',
    owner: 'alice',
    clientKey: '',
    schedule: null,
    state: 'pending',
    discovery: 'recursive',
    paths: [{ path: '/data', state: 'processed' }],
    fields: { lock_level: 'partial' },
    createdAt: NOW,
    startedAt: null,
    completedAt: null,
    totals: {
      discovered: 0,
      discoveredBytes: 0,
      outcomes: { processed: 0, skipped: 0, aborted: 0, failed: 0 },
      movedBytes: 0,
      tasks: { pending: 1, started: 0, success: 0, failure: 0, error: 0, skipped: 0, cancelled: 0 },
    },
    ...rest,
  }
}

export function aNewTask(jobId: number, changes: Partial<NewTask> = {}): NewTask {
  return {
    jobId,
    name: 'dynamo.tasks.migrate',
    site: 'one',
    queue: 'default',
    lane: 'worker',
    arguments: { premigrate: true },
    parent: null,
    rule: 0,
    step: 0,
    createdAt: NOW,
    entries: [{ path: `/data/${jobId}`, type: 'file', sizeBytes: 5, state: 'processed' }],
    ...changes,
  }
}

export const A_WORKFLOW: Workflow = {
  id: 1,
  name: 'mine',
  label: 'Mine',
  iconClasses: [],
  discovery: null,
  discoveryOptions: null,
  enabled: true,
  visible: true,
  fields: [],
  filterRules: [],
  builtIn: false,
}
