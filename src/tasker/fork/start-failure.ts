/** Sentences for a job that ended before its command ran. Pure. */

import { getSystemErrorMessage } from 'node:util'
import type { ForkOrder } from './forker.ts'

/** In the order of `enum stage` in fork-server.c. */
export const STAGES = [null, 'account', 'privilege', 'rundir', 'folders', 'logfile'] as const
export type Stage = NonNullable<(typeof STAGES)[number]>

/** `error` is a system error number; 0 where there is none. */
export function describeStartFailure(
  stage: Stage,
  { account, rundir, logfile }: Pick<ForkOrder, 'account' | 'rundir' | 'logfile'>,
  error: number,
): string {
  const sentences: Record<Stage, string> = {
    account: `cannot run as ${account}: this host has no such account, or cannot look it up`,
    privilege: `cannot run as ${account}: the server's own account may not run jobs as another`,
    rundir: `cannot go to the run directory ${rundir}`,
    folders: `cannot make the folders of the log file ${logfile}`,
    logfile: `cannot open the log file ${logfile}`,
  }
  return error ? `${sentences[stage]}: ${systemErrorText(error)}` : sentences[stage]
}

/** `Permission denied` for 13. */
export function systemErrorText(error: number): string {
  const text = getSystemErrorMessage(-error) ?? `system error ${error}`
  return text.charAt(0).toUpperCase() + text.slice(1)
}
