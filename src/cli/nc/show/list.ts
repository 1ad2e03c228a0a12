/** `nc list`: jobs as a table that fits the terminal. */

import { type Instant, systemClock } from '../../../base/clock.ts'
import { EXIT_OK, UsageError } from '../../failure.ts'
import { colourState } from '../../terminal/colour.ts'
import type { Screen } from '../../terminal/screen.ts'
import { type Column, renderTable } from '../../terminal/table.ts'
import { count, printable } from '../../terminal/text.ts'
import { query, type Row } from '../job-rows.ts'
import type { Invocation, Subcommand } from '../subcommand.ts'
import { fieldsIn, formatRow } from './format-string.ts'

interface ListOptions {
  alljobs?: boolean
  of?: string
  set?: string
  where?: string
  limit: number
  format?: string
}

export const list: Subcommand = {
  name: 'list',
  summary: 'list jobs: your own that are not over, or that ended in the last hour',
  words: '',
  define: (command) =>
    command
      .option('-a, --alljobs', 'all jobs of all users')
      .option('--of <user>', 'all jobs of this user')
      .option('--set <set>', 'the jobs of a set: System:jobs, Class:NAME, one that jobs were put in')
      .option('--where <rule>', "a selection rule: 'statusnc==Failed exit>1'")
      .option('--limit <number>', 'the newest so many, 0 for all', readLimit, 1000)
      .option('-O, --format <format>', "one line a job: '@ID@ @STATUSNC:10@ @COMMAND@'"),
  async act(call) {
    if (call.words.length > 0) throw new UsageError(`nc list takes no words, only options: ${call.words.join(' ')}`)
    const options = call.options as unknown as ListOptions
    const rows = await rowsFor(call, options)
    if (call.options.json) call.screen.json(rows)
    else if (options.format !== undefined) for (const row of rows) call.screen.print(formatRow(options.format, row))
    else if (rows.length > 0) showTable(rows, call.screen)
    else call.screen.message('no jobs to list; -a lists those of all users')
    if (options.limit > 0 && rows.length === options.limit) {
      call.screen.message(`these are the newest ${options.limit}; -limit 0 shows all`)
    }
    return EXIT_OK
  },
}

function readLimit(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`-limit takes a whole number, not "${text}"`)
}

const FIELDS = ['ID', 'STATUSNC', 'PRIORITYPP', 'USER', 'HOST', 'AGEPP', 'DURATIONPP', 'JOBNAME', 'COMMAND']
const JSON_FIELDS = [...FIELDS, 'IDINT', 'EXIT', 'WHY', 'SUBMITTIME', 'STARTTIME', 'ENDTIME', 'DIR', 'LOGFILE']

/** Oldest first, so that the newest stand beside the prompt. */
async function rowsFor({ session, options: common }: Invocation, options: ListOptions): Promise<Row[]> {
  const signedIn = await session()
  const rows = await query(signedIn, {
    select: options.format === undefined ? (common.json ? JSON_FIELDS : FIELDS) : fieldsIn(options.format),
    from: options.set ?? 'jobs',
    where: ruleFor(signedIn.user, options, systemClock.now()),
    order: 'idint DESC',
    limit: options.limit > 0 ? options.limit : undefined,
  })
  return rows.reverse()
}

const RECENT_SECONDS = 3600

/** Options that name other jobs than the default's take its place; a rule narrows what they name. */
export function ruleFor(
  user: string,
  { alljobs, of, set, where }: Omit<ListOptions, 'limit'>,
  now: Instant,
): string | undefined {
  const rule = where === undefined ? [] : [`(${where})`]
  if (of !== undefined) rule.unshift(`user==${quote(of)}`)
  else if (!alljobs && set === undefined) rule.unshift(`user==${quote(user)}`)
  const restricts = alljobs || of !== undefined || set !== undefined || where !== undefined
  if (!restricts) {
    const since = Math.floor(now / 1000) - RECENT_SECONDS
    rule.push(`(statusnc!=Done,Failed | endtime>=${since})`)
  }
  return rule.length === 0 ? undefined : rule.join(' & ')
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

const HEADINGS: Readonly<Record<string, Column>> = {
  ID: { heading: 'ID' },
  STATUSNC: { heading: 'STATUS' },
  PRIORITYPP: { heading: 'PRI' },
  USER: { heading: 'USER' },
  HOST: { heading: 'HOST' },
  AGEPP: { heading: 'AGE', right: true },
  DURATIONPP: { heading: 'RAN', right: true },
  JOBNAME: { heading: 'NAME' },
  COMMAND: { heading: 'COMMAND' },
}

/** Columns in which no job has anything, or all have the same user, give their room to the command. */
function showTable(rows: readonly Row[], screen: Screen): void {
  const worth = FIELDS.filter((field) => {
    if (field === 'USER') return new Set(rows.map((row) => row.USER)).size > 1
    return field !== 'JOBNAME' || rows.some((row) => row.JOBNAME !== '')
  })
  const columns = worth.map((field) => HEADINGS[field]!)
  const cells = rows.map((row) => worth.map((field) => printable(String(row[field] ?? ''))))
  const paint = (text: string, { heading }: Column) => (heading === 'STATUS' ? colourState(text) : text)
  screen.print(renderTable(columns, cells, { width: screen.width, ...(screen.colours && { paint }) }))
  if (screen.width !== undefined) screen.message(count(rows.length, 'job'))
}
