/** `ngclient jobs info|tasks|wait`: one job, seen from near. */

import { EXIT_OK, UsageError } from '../../failure.ts'
import { colourState } from '../../terminal/colour.ts'
import { bytesText, numberText } from '../../terminal/quantity.ts'
import { renderTable } from '../../terminal/table.ts'
import { localTime, printable } from '../../terminal/text.ts'
import { failuresOf } from '../hub/failures.ts'
import type { Hub } from '../hub/hub.ts'
import type { HubJob, HubTask } from '../hub/job.ts'
import type { CommonOptions } from '../hub/options.ts'
import type { Invocation } from '../invocation.ts'
import { failureText } from '../watch/summary.ts'
import { type WaitOptions, watchingOf } from '../watch/wait-options.ts'
import { waitFor } from '../watch/watch.ts'

/** @throws UsageError */
export function readId(word: string): number {
  if (/^\d{1,15}$/.test(word)) return Number(word)
  throw new UsageError(`"${word}" is no id of a job; "ngclient jobs list" shows them`)
}

export async function waitForJob(call: Invocation<CommonOptions & WaitOptions>, word: string): Promise<number> {
  const id = readId(word)
  return waitFor(id, watchingOf(call, await call.hub()))
}

export async function showJob({ hub, options, screen }: Invocation, word: string): Promise<number> {
  const id = readId(word)
  const job = await (await hub()).call<HubJob>({ method: 'GET', path: `jobs/${id}/` })
  if (options.json) screen.json(job)
  else screen.print(pageOf(job))
  return EXIT_OK
}

const SHOWN_PATHS = 10

function pageOf(job: HubJob): string {
  const paths = job.paths.slice(0, SHOWN_PATHS)
  const more = (job.path_count ?? job.paths.length) - paths.length
  const lines: [string, string][] = [
    ['Id', String(job.id)],
    ['Workflow', job.type],
    ['State', job.state],
    ['Site', `${job.site}, queue ${job.queue}`],
    ['Owner', job.owner],
    ['Created', timeText(job.created)],
    ['Started', timeText(job.started)],
    ['Completed', timeText(job.completed)],
    ['Discovery', job.discovery ?? ''],
    [
      'Fields',
      Object.entries(job.fields)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ],
    ['Files', `${numberText(job.numfiles ?? 0)}, ${bytesText(job.total_bytes ?? 0)}`],
    ['Came to', endsText(job)],
    ...paths.map((path, at): [string, string] => [at === 0 ? 'Paths' : '', path]),
    ['', more > 0 ? `and ${numberText(more)} more` : ''],
  ]
  const told = lines.filter(([, value]) => value !== '')
  return told.map(([label, value]) => `${label.padEnd(12)}${printable(value)}`).join('\n')
}

function timeText(stamp: string | null): string {
  return stamp === null ? '' : localTime(Date.parse(stamp) / 1000)
}

function endsText({ stats = {} }: HubJob): string {
  const ends = ['processed', 'skipped', 'aborted', 'failed'].filter((end) => (stats[end] ?? 0) > 0)
  return ends.map((end) => `${numberText(stats[end]!)} ${end}`).join(', ')
}

interface TaskOptions extends CommonOptions {
  state?: string[]
  failed?: boolean
}

export async function showTasks(call: Invocation<TaskOptions>, word: string): Promise<number> {
  const { options, screen } = call
  const id = readId(word)
  const hub = await call.hub()
  if (options.failed) return showFailures(id, hub, call)
  const tasks: HubTask[] = []
  for await (const task of hub.rows<HubTask>(`jobs/${id}/tasks/`, { state: options.state })) tasks.push(task)
  if (options.json) screen.json(tasks)
  else if (tasks.length > 0) screen.print(tableOf(tasks, screen))
  else screen.message(`job ${id} has no such tasks`)
  return EXIT_OK
}

/** A line a path, as it is read: of a large job they do not all fit into memory. */
async function showFailures(id: number, hub: Hub, { options, screen }: Invocation): Promise<number> {
  const { site } = await hub.call<HubJob>({ method: 'GET', path: `jobs/${id}/` })
  let seen = 0
  for await (const failure of failuresOf(id, hub)) {
    seen += 1
    screen.print(options.json ? JSON.stringify(failure) : failureText(failure, site))
  }
  if (seen === 0) screen.message(`no path of job ${id} failed`)
  return EXIT_OK
}

/** JOB is the engine's number of the task. */
const COLUMNS = [
  { heading: 'ID', right: true },
  { heading: 'STATE' },
  { heading: 'TASK' },
  { heading: 'SITE' },
  { heading: 'QUEUE' },
  { heading: 'JOB', right: true },
  { heading: 'PATHS', right: true },
  { heading: 'FAILED', right: true },
  { heading: 'MESSAGE' },
]

function tableOf(tasks: readonly HubTask[], { width, colours }: Invocation['screen']): string {
  const rows = tasks.map(({ id, state, name, site, queue, taskid, path_count, stats, message }) => {
    return [id, state, name, site, queue, taskid, numberText(path_count), stats.failed || '', message]
  })
  const paint = (text: string, { heading }: { heading: string }) => (heading === 'STATE' ? colourState(text) : text)
  return renderTable(COLUMNS, rows, { width, ...(colours && { paint }) })
}
