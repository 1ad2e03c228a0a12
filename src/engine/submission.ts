/** From what a caller submits to the request that is stored: defaults filled in, every part read once. */

import { isAbsolute, normalize, resolve } from 'node:path'
import { DomainError } from '../base/errors.ts'
import { toolOf } from '../job/command.ts'
import { demandOf } from '../job/demand.ts'
import { environmentStepsOf } from '../job/environment.ts'
import type { JobRequest } from '../job/job.ts'
import type { Submission } from './command.ts'

const NORMAL_PRIORITY = 4
const DEFAULT_UMASK = 0o022
const NO_LOG = '/dev/null'

/** @throws invalid, naming the key and saying what to change */
export function requestOf(user: string, submission: Submission, snapshot: string | null): JobRequest {
  const { snapshot: _sent, ...given } = submission
  const rundir = checkedRundir(given.rundir)
  const request: JobRequest = {
    ...DEFAULTS,
    group: `/time/users.${user}`,
    ...given,
    user,
    rundir,
    snapshot,
    logfile: logfileOf(rundir, given.logfile),
    commandLine: '',
    tool: toolOf(given.command),
  }
  request.commandLine = commandLineOf(request.wrapper, given.command, given.logfile)
  return checked(request)
}

const DEFAULTS = {
  wrapper: 'vw',
  resources: '',
  priority: NORMAL_PRIORITY,
  xpriority: NORMAL_PRIORITY,
  jobname: '',
  jobclass: '',
  project: '',
  setName: '',
  submitHost: '',
  autokillMs: 0,
  xdurMs: -1,
  legalExit: [0],
  umask: DEFAULT_UMASK,
  autoforget: true,
  keepForMs: 0,
  preemptable: true,
  rerunnable: false,
  mailuser: '',
  inputs: [],
  outputs: [],
  properties: {},
} as const

/** The stored command of a job (Accelerator tutorial 2024.1, nc_list.py): `vw sleep 33 > JOBLOG.185633`. */
export function commandLineOf(wrapper: string, command: string, logfile: string): string {
  return `${wrapper} ${command} > ${logfile}`.trimStart()
}

/** Absolute; null for no log at all, which any number of jobs may share. */
export function logfileOf(rundir: string, logfile: string): string | null {
  const path = resolve(rundir, logfile)
  return path === NO_LOG ? null : path
}

export function checkedRundir(rundir: string): string {
  if (!isAbsolute(rundir)) {
    throw new DomainError('invalid', `rundir: "${rundir}" must be an absolute path such as /home/me/run`)
  }
  return normalize(rundir)
}

/** @throws invalid for what would only show when the job starts */
export function checked(request: JobRequest): JobRequest {
  for (const key of ['command', 'rundir', 'logfile', 'env', 'resources', 'jobname'] as const) {
    if (request[key]?.includes('\0')) throw new DomainError('invalid', `${key}: must not contain a NUL character`)
  }
  if (request.command.trim() === '') throw new DomainError('invalid', 'command: must not be empty; say what to run')
  if (request.logfile === '') throw new DomainError('invalid', 'logfile: must not be empty; name a file')
  environmentStepsOf(request.env)
  demandOf(request.resources)
  return request
}
