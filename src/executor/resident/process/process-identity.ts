/** A process that cannot be taken for another: neither for a later one with its pid, nor for one of an earlier boot. */

import { type Process, readBootId, readProcess } from './process-table.ts'

export interface ProcessIdentity {
  pid: number
  /** Clock ticks since boot. */
  startTime: string
  bootId: string
}

export const bootId = readBootId()

export function identify(pid: number, startTime: string): ProcessIdentity {
  return { pid, startTime, bootId }
}

export function isAlive({ pid, startTime, bootId: itsBoot }: ProcessIdentity): boolean {
  return itsBoot === bootId && matches(readProcess(pid), startTime)
}

/** Signals a process that is still the one it was; true when it was. */
export function signalExactly(pid: number, startTime: string, signal: NodeJS.Signals): boolean {
  if (!matches(readProcess(pid), startTime)) return false
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function matches(found: Process | undefined, startTime: string): boolean {
  return found?.startTime === startTime && found.state !== 'Z'
}
