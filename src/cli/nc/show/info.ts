/** `nc info`: jobs by id, in the layout of the tutorial (Accelerator tutorial 2024.1, nc_info.py). */

import { EXIT_FAILED, EXIT_OK, UsageError, UserError } from '../../failure.ts'
import { localTime, printable } from '../../terminal/text.ts'
import { getJob, type Row } from '../job-rows.ts'
import type { Subcommand } from '../subcommand.ts'
import { readId } from '../watch/wait.ts'

type Line = readonly [label: string, show: (job: Row) => unknown]

const LINES: readonly Line[] = [
  ['Job', (job) => job.ID],
  ['User,Group', (job) => `${job.USER},${job.GROUP}`],
  ['Command', (job) => job.COMMAND],
  ['Status', (job) => job.STATUSNC],
  ['   Host', (job) => job.HOST],
  ['   Duration', (job) => job.DURATIONPP],
]

/** With -l; a line whose value is empty is left out. */
const MORE: readonly Line[] = [
  ['   Why', (job) => job.WHY],
  ['   Exit', (job) => (Number(job.EXIT) >= 0 ? job.EXIT : '')],
  ['   Signal', (job) => job.SIGNAL],
  ['   Attempt', (job) => job.ATTEMPT],
  ['Submitted', (job) => localTime(job.SUBMITTIME)],
  ['   Started', (job) => localTime(job.STARTTIME)],
  ['   Ended', (job) => localTime(job.ENDTIME)],
  ['   From', (job) => job.SUBMITHOST],
  ['Directory', (job) => job.DIR],
  ['Log', (job) => job.LOGFILE],
  ['Environment', (job) => job.ENV],
  ['Priority', (job) => `${job.PRIORITYPP}.${job.XPRIORITYPP}`],
  ['Resources', (job) => job.RESOURCES],
  ['Held', (job) => job.GRABBED],
  ['CPU time', (job) => (job.STARTTIME ? job.CPUTIMEPP : '')],
  ['Peak RAM', (job) => (job.MAXRAM ? `${job.MAXRAM} MB` : '')],
  ['Autokill', (job) => (job.AUTOKILL ? job.AUTOKILLPP : '')],
  ['Name', (job) => job.JOBNAME],
  ['Class', (job) => job.JOBCLASS],
  ['Project', (job) => job.JOBPROJ],
  ['Set', (job) => job.SET],
]

export const info: Subcommand = {
  name: 'info',
  summary: 'show jobs by id',
  words: 'ID…',
  define: (command) => command.option('-l, --long', 'also why it stands where it stands, times, log, resources'),
  async act({ words, options, session, screen }) {
    if (words.length === 0) throw new UsageError('which jobs? nc info ID…')
    const ids = words.map(readId)
    const signedIn = await session()
    const lines = options.long || options.verbosity > 1 ? [...LINES, ...MORE] : LINES
    const found: Row[] = []
    for (const id of ids) {
      const job = await getJob(signedIn, id).catch((error) => tell(error, screen.refusal))
      if (!job) continue
      found.push(job)
      if (!options.json) screen.print(`${textOf(job, lines)}\n`)
    }
    if (options.json) screen.json(found)
    return found.length === ids.length ? EXIT_OK : EXIT_FAILED
  },
}

/** A refusal is told and the rest goes on. @throws everything else */
function tell(error: unknown, refusal: (sentence: string) => void): undefined {
  if (!(error instanceof UserError)) throw error
  refusal(error.message)
}

function textOf(job: Row, lines: readonly Line[]): string {
  const shown = lines.map(([label, show]) => [label, String(show(job) ?? '')] as const)
  const kept = shown.filter(([, value], at) => value !== '' || at < LINES.length)
  return kept.map(([label, value]) => `${label.padEnd(16)}${printable(value)}`).join('\n')
}
