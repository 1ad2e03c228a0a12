/** A task as a job is asked for. Pure. */

import type { JobRequest } from '../../job/job.ts'
import { laneResource } from '../../job/task-job.ts'
import type { Run, Task } from '../../workflow/task.ts'

const NORMAL_PRIORITY = 4
const DEFAULT_UMASK = 0o022

/** The project of all tasks, as the record of jobs shows it. */
export const PROJECT = 'hub'

export function requestOfTask(run: Pick<Run, 'id' | 'owner'>, task: Task, keepForMs: number): JobRequest {
  const command = `${task.name} ${task.site} ${run.id}/${task.id}`
  return {
    user: run.owner,
    group: `/time/users.${run.owner}`,
    command,
    commandLine: command,
    wrapper: '',
    rundir: '/',
    logfile: null,
    env: 'BASE',
    snapshot: null,
    resources: `${laneResource(task.site, task.queue, task.lane)}/1`,
    priority: NORMAL_PRIORITY,
    xpriority: NORMAL_PRIORITY,
    jobname: `hub-${run.id}`,
    jobclass: '',
    project: PROJECT,
    setName: '',
    submitHost: '',
    tool: task.name,
    autokillMs: 0,
    xdurMs: -1,
    legalExit: [0],
    umask: DEFAULT_UMASK,
    autoforget: true,
    keepForMs,
    preemptable: true,
    rerunnable: true,
    mailuser: '',
    inputs: [],
    outputs: [],
    properties: {},
  }
}
