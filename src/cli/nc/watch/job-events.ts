/** What happens to jobs, told by the server as it happens; a restart of the server is waited out. */

import { setTimeout as pause } from 'node:timers/promises'
import { padId } from '../../../base/id.ts'
import { readEvents } from '../../client/event-stream.ts'
import { isTemporary, Patience } from '../../client/patience.ts'
import { RefusedError, type Session } from '../../client/session.ts'
import type { Screen } from '../../terminal/screen.ts'
import type { JobState } from './job-state.ts'

export interface Watching {
  session: Session
  screen: Screen
}

/** The present state of each job first, then every change. Ends only when the reader stops. @throws RefusedError */
export async function* watchJobs(ids: readonly number[], { session, screen }: Watching): AsyncGenerator<JobState> {
  const patience = new Patience(screen)
  const seen = new Set<number>()
  let watched = [...ids]
  while (watched.length > 0) {
    try {
      for await (const state of connection(session, watched)) {
        patience.restore()
        seen.add(state.idint)
        yield state
      }
    } catch (error) {
      const gone = watched.find((id) => seen.has(id) && isMissing(error, id))
      if (gone === undefined && !isTemporary(error)) throw error
      if (gone !== undefined) yield farewell(gone)
      watched = watched.filter((id) => id !== gone)
    }
    await patience.wait()
  }
}

/** A job that was there when the connection broke, and was forgotten before the next one. */
function isMissing(error: unknown, id: number): boolean {
  return error instanceof RefusedError && error.status === 404 && mentions(error.message, [id])
}

function farewell(idint: number): JobState {
  return { id: padId(idint), idint, statusnc: 'Forgotten', exit: null, why: 'it is not on the server any more' }
}

/** One connection's events; a server without events is asked now and then. */
async function* connection(session: Session, ids: readonly number[]): AsyncGenerator<JobState> {
  const stream = await openEvents(session, ids)
  if (!stream) return yield* poll(session, ids)
  try {
    for await (const data of readEvents(stream)) yield JSON.parse(data) as JobState
  } finally {
    stream.destroy()
  }
}

async function openEvents(session: Session, ids: readonly number[]) {
  const headers = { accept: 'text/event-stream' }
  try {
    return await session.open({ method: 'GET', path: '/events', query: { jobs: ids.join(',') }, headers })
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404 && !mentions(error.message, ids)) return undefined
    throw error
  }
}

/** Whether the sentence is about one of the jobs rather than about the path. */
function mentions(sentence: string, ids: readonly number[]): boolean {
  const numbers = new Set((sentence.match(/\d+/g) ?? []).map(Number))
  return ids.some((id) => numbers.has(id))
}

const POLL_MS = 1000

async function* poll(session: Session, ids: readonly number[]): AsyncGenerator<JobState> {
  for (;;) {
    const query = { select: 'idint,statusnc,exit,why', from: 'jobs', where: `idint==${ids.join(',')}` }
    const { rows = [] } = await session.call<{ rows?: [number, string, number, string][] }>({
      method: 'GET',
      path: '/query',
      query,
    })
    const found = new Map(rows.map((row) => [row[0], row]))
    for (const idint of ids) {
      const row = found.get(idint)
      yield row ? { id: padId(idint), idint, statusnc: row[1], exit: row[2], why: row[3] } : farewell(idint)
    }
    await pause(POLL_MS)
  }
}
