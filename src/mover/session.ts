/**
 * The processes of a worker: it leads a session, in which the commands stay that it starts. What is left of a session is
 * found by its number, which is given to nobody else while a member lives.
 */

import { setTimeout as pause } from 'node:timers/promises'
import { type Process, type ProcessTable, readProcesses } from '../executor/resident/process/process-table.ts'

export function membersOf(session: number, table: ProcessTable = readProcesses()): Process[] {
  return [...table.values()].filter((member) => member.session === session)
}

/** To all of them but those named. */
export function signalSession(session: number, signal: NodeJS.Signals, except: readonly number[] = []): void {
  for (const { pid } of membersOf(session)) {
    if (except.includes(pid)) continue
    try {
      process.kill(pid, signal)
    } catch {
      // It ended meanwhile.
    }
  }
}

const GONE_WITHIN_MS = 10_000
const LOOK_MS = 10

/** Ends them all, and settles when none is left. @throws plain error when one does not go */
export async function endSession(session: number): Promise<void> {
  for (let waitedMs = 0; waitedMs <= GONE_WITHIN_MS; waitedMs += LOOK_MS) {
    if (membersOf(session).length === 0) return
    signalSession(session, 'SIGKILL')
    await pause(LOOK_MS)
  }
  throw new Error(`processes of session ${session} cannot be ended; a disk that hangs may hold them`)
}
