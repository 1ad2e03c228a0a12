/** Jobs for tests: plausible ones, with what the test is about said at the call. */

import type { End, Job, JobRequest, Run } from '../../src/job/job.ts'

export const NOW = Date.UTC(2026, 10, 21, 9, 0, 0)

export function aRequest(changes: Partial<JobRequest> = {}): JobRequest {
  const command = changes.command ?? 'sleep 33'
  return {
    user: 'alice',
    group: '/time/users.alice',
    command,
    commandLine: `vw ${command} > JOBLOG.1`,
    wrapper: 'vw',
    rundir: '/tmp',
    logfile: null,
    env: 'BASE',
    snapshot: null,
    resources: '',
    priority: 4,
    xpriority: 4,
    jobname: '',
    jobclass: '',
    project: '',
    setName: '',
    submitHost: '',
    tool: 'sleep',
    autokillMs: 0,
    xdurMs: -1,
    legalExit: [0],
    umask: 0o022,
    autoforget: true,
    keepForMs: 0,
    preemptable: true,
    rerunnable: false,
    mailuser: '',
    inputs: [],
    outputs: [],
    properties: {},
    ...changes,
  }
}

export function aJob(changes: Partial<Job> = {}): Job {
  const id = changes.id ?? 1001
  return {
    id,
    version: 1,
    state: 'queued',
    request: aRequest(),
    submittedAt: NOW,
    rank: id,
    attempt: 0,
    run: null,
    end: null,
    reason: '',
    ...changes,
  }
}

export function aRun(changes: Partial<Run> = {}): Run {
  return { host: 'node01', startedAt: NOW + 1000, held: { SLOTS: 1 }, suspendedAt: null, suspendedMs: 0, ...changes }
}

export function anEnd(changes: Partial<End> = {}): End {
  return { at: NOW + 32_000, cause: null, exitCode: 0, signal: null, cpuMs: 12, maxRamMb: 3, ...changes }
}

export function runningJob(changes: Partial<Job> = {}): Job {
  return aJob({ state: 'running', version: 2, attempt: 1, run: aRun(), ...changes })
}

export function doneJob(changes: Partial<Job> = {}): Job {
  return aJob({ state: 'done', version: 3, attempt: 1, run: aRun(), end: anEnd(), ...changes })
}
