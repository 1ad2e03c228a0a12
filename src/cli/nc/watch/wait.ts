/** `nc wait`, and the waiting of `nc run -w`. */

import { padId, parseId } from '../../../base/id.ts'
import type { Session } from '../../client/session.ts'
import { EXIT_FAILED, EXIT_OK, UsageError } from '../../failure.ts'
import type { Screen } from '../../terminal/screen.ts'
import { getField } from '../job-rows.ts'
import type { Subcommand } from '../subcommand.ts'
import { followLog } from './follow.ts'
import { watchJobs } from './job-events.ts'
import { hasEnded, type JobState, sentenceOf, succeeded } from './job-state.ts'

export const wait: Subcommand = {
  name: 'wait',
  summary: 'wait until jobs have ended; exits 0 when all are Done, 1 when not',
  words: 'ID…',
  define: (command) => command.option('-l, --log', 'show their logs as they grow, one job after the other'),
  async act({ words, options, session, screen }) {
    const ids = words.map(readId)
    if (ids.length === 0) throw new UsageError('which jobs? nc wait ID…')
    return waitFor(ids, { session: await session(), screen, follow: options.log === true, json: options.json === true })
  },
}

/** @throws UsageError */
export function readId(word: string): number {
  const id = parseId(word)
  if (id === undefined) throw new UsageError(`"${word}" is no job id; one looks like 000001138 or 1138`)
  return id
}

export interface Waiting {
  session: Session
  screen: Screen
  /** Shows the logs. */
  follow: boolean
  json: boolean
}

/** Jobs watched over one connection; keeps the address short enough for any proxy. */
const PER_CONNECTION = 200

/** The exit code: whether all jobs ended as Done. */
export async function waitFor(ids: readonly number[], waiting: Waiting): Promise<number> {
  const leave = () => interrupted(ids, waiting.screen)
  process.once('SIGINT', leave)
  try {
    const ends = waiting.follow ? await followEach(ids, waiting) : await endsOf(ids, waiting)
    if (waiting.json) waiting.screen.json(ends)
    return ends.every(succeeded) ? EXIT_OK : EXIT_FAILED
  } finally {
    process.removeListener('SIGINT', leave)
  }
}

function interrupted(ids: readonly number[], screen: Screen): never {
  const some = ids.slice(0, 5).map(padId).join(' ')
  screen.message(`not waiting any more; the jobs go on. To stop them: nc stop ${some}${ids.length > 5 ? ' …' : ''}`)
  process.exit(130)
}

async function endsOf(ids: readonly number[], waiting: Waiting): Promise<JobState[]> {
  const groups: number[][] = []
  for (let from = 0; from < ids.length; from += PER_CONNECTION) groups.push(ids.slice(from, from + PER_CONNECTION))
  return (await Promise.all(groups.map((group) => endsOfGroup(group, waiting)))).flat()
}

async function endsOfGroup(ids: readonly number[], waiting: Waiting): Promise<JobState[]> {
  const ends = new Map<number, JobState>()
  for await (const state of watchJobs(ids, waiting)) {
    if (!hasEnded(state) || ends.has(state.idint)) continue
    ends.set(state.idint, state)
    if (!waiting.json) waiting.screen.print(sentenceOf(state))
    if (ends.size === new Set(ids).size) break
  }
  return ids.map((id) => ends.get(id)!)
}

async function followEach(ids: readonly number[], waiting: Waiting): Promise<JobState[]> {
  const ends: JobState[] = []
  for (const id of ids) ends.push(await followOne(id, waiting))
  return ends
}

async function followOne(id: number, waiting: Waiting): Promise<JobState> {
  const { session, screen } = waiting
  const path = String(await getField(session, id, 'logfile'))
  const over = new AbortController()
  const log = path ? followLog(path, { ended: over.signal, write: (bytes) => screen.write(bytes) }) : undefined
  const end = await endOf(id, waiting).finally(() => over.abort())
  if ((await log) === false) screen.message(`the log ${path} cannot be seen from this machine`)
  if (!waiting.json) screen.message(sentenceOf(end))
  return end
}

async function endOf(id: number, waiting: Waiting): Promise<JobState> {
  for await (const state of watchJobs([id], waiting)) if (hasEnded(state)) return state
  throw new Error('the events of a job ended before the job')
}
