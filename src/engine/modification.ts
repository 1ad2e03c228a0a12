/** New values for a job, and what they entail (nc modify, Restrictions and Consequences). */

import { DomainError } from '../base/errors.ts'
import { toolOf } from '../job/command.ts'
import type { JobEvent } from '../job/event.ts'
import { isActive, type Job, type JobRequest } from '../job/job.ts'
import type { Changes } from './command.ts'
import { checked, checkedRundir, commandLineOf, logfileOf } from './submission.ts'

/** What a job ran with: changing it makes a finished run one of another job. */
const INVALIDATING: readonly (keyof Changes)[] = ['command', 'rundir', 'env', 'logfile']

/** @throws invalid, conflict for what cannot change while the job runs */
export function modificationOf(job: Job, changes: Changes): JobEvent {
  const invalidates = INVALIDATING.some((key) => changes[key] !== undefined && changes[key] !== job.request[key])
  if (invalidates && isActive(job.state)) {
    const keys = INVALIDATING.filter((key) => changes[key] !== undefined).join(', ')
    throw new DomainError('conflict', `job ${job.id} is ${job.state}; stop it before you change its ${keys}`)
  }
  return { kind: 'modify', request: checked(modified(job.request, changes)), invalidates }
}

function modified(request: JobRequest, changes: Changes): JobRequest {
  const next: JobRequest = { ...request, ...changes }
  next.rundir = checkedRundir(next.rundir)
  const typed = changes.logfile ?? typedLogfile(request)
  next.logfile = logfileOf(next.rundir, typed)
  next.commandLine = commandLineOf(next.wrapper, next.command, typed)
  next.tool = toolOf(next.command)
  return next
}

/** The log file as it was typed stands at the end of the stored command line. */
function typedLogfile({ wrapper, command, commandLine }: JobRequest): string {
  return commandLine.slice(commandLineOf(wrapper, command, '').length)
}
