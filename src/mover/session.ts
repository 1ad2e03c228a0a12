/**
 * The processes of a worker: it leads a session, in which the commands stay that it starts. What is left of a session is
 * found by its number, which is given to nobody else while a member lives.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

interface Member {
  pid: number
  state: string
  session: number
  /** Clock ticks since boot. */
  startTime: string
}

/** Positions behind the name of the program, which may hold blanks and brackets (proc_pid_stat(5)). */
const STATE = 0
const SESSION = 3
const START_TIME = 19

export const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()

/** Undefined when there is no such process, or nothing left of it but its exit status. */
export function readMember(pid: number): Member | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', session, startTime = ''] = [fields[STATE], Number(fields[SESSION]), fields[START_TIME]]
    return state === 'Z' || state === 'X' ? undefined : { pid, state, session, startTime }
  } catch {
    return undefined
  }
}

export function membersOf(session: number): Member[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return pids.map(readMember).filter((member): member is Member => member?.session === session)
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
