/** `ngclient jobs list`. */

import { type Command, Option } from 'commander'
import { EXIT_OK, UsageError } from '../../failure.ts'
import { colourState } from '../../terminal/colour.ts'
import { numberText } from '../../terminal/quantity.ts'
import { renderTable } from '../../terminal/table.ts'
import { localTime } from '../../terminal/text.ts'
import { type HubJob, JOB_STATES } from '../hub/job.ts'
import type { CommonOptions } from '../hub/options.ts'
import type { Invocation } from '../invocation.ts'

interface ListOptions extends CommonOptions {
  site?: string
  state?: string[]
  type?: string
  queue?: string
  owner?: string
  createdAfter?: string
  createdBefore?: string
  hideNoop?: boolean
  limit: number
}

export function addListOptions(command: Command): Command {
  return command
    .option('-s, --site <name>', 'only those of this site')
    .addOption(new Option('--state <state...>', 'only those in one of these states').choices(JOB_STATES))
    .option('--type <workflow>', 'only those of this workflow')
    .option('--queue <name>', 'only those of this queue')
    .option('--owner <user>', "only this user's")
    .option('--created-after <time>', 'only newer ones: 2026-11-21, 2026-11-21T09:00:00Z')
    .option('--created-before <time>', 'only older ones')
    .option('--hide-noop', 'without those that had nothing to do')
    .option('--limit <number>', 'the newest so many, 0 for all', readLimit, 20)
}

function readLimit(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`--limit takes a whole number, not "${text}"`)
}

export async function listJobs({ hub, options, screen }: Invocation<ListOptions>): Promise<number> {
  const { limit } = options
  const jobs: HubJob[] = []
  for await (const job of (await hub()).rows<HubJob>('jobs/', queryOf(options))) {
    jobs.push(job)
    if (jobs.length === limit) break
  }
  // The newest stand beside the prompt.
  jobs.reverse()
  if (options.json) screen.json(jobs)
  else if (jobs.length > 0) screen.print(tableOf(jobs, screen))
  else screen.message('no jobs to list')
  if (limit > 0 && jobs.length === limit) screen.message(`these are the newest ${limit}; --limit 0 shows all`)
  return EXIT_OK
}

function queryOf(options: ListOptions) {
  return {
    site: options.site,
    state: options.state,
    type: options.type,
    queue: options.queue,
    owner: options.owner,
    created_after: options.createdAfter,
    created_before: options.createdBefore,
    hide_noop: options.hideNoop ? 'true' : undefined,
    ordering: '-id',
    ...(options.limit > 0 && options.limit < 100 && { page_size: String(options.limit) }),
  }
}

const COLUMNS = [
  { heading: 'ID', right: true },
  { heading: 'STATE' },
  { heading: 'TYPE' },
  { heading: 'SITE' },
  { heading: 'OWNER' },
  { heading: 'CREATED' },
  { heading: 'FILES', right: true },
  { heading: 'FAILED', right: true },
]

function tableOf(jobs: readonly HubJob[], { colours }: Invocation['screen']): string {
  const rows = jobs.map(({ id, state, type, site, owner, created, numfiles = 0, stats = {} }) => {
    const when = localTime(Date.parse(created) / 1000)
    return [id, state, type, site, owner, when, numberText(numfiles), stats.failed ? numberText(stats.failed) : '']
  })
  const paint = (text: string, { heading }: { heading: string }) => (heading === 'STATE' ? colourState(text) : text)
  return renderTable(COLUMNS, rows, { width: undefined, ...(colours && { paint }) })
}
