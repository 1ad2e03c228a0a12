/** Processes of this host as a test sees them. */

import { readFileSync } from 'node:fs'
import { vi } from 'vitest'

const PATIENCE = { timeout: 20_000, interval: 10 }

/** One letter as ps shows it; '' when there is no such process. */
export function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.charAt(stat.lastIndexOf(')') + 2)
  } catch {
    return ''
  }
}

export function isAlive(pid: number): boolean {
  return !['', 'Z', 'X'].includes(stateOf(pid))
}

/** Of its program file; '' when there is no such process. */
export function nameOf(pid: number): string {
  return linesOf(`/proc/${pid}/comm`)[0] ?? ''
}

/** Lines of a file; none when it is not there. */
export function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}

/** The process id that a job writes into a file, as soon as it has. */
export async function pidIn(path: string): Promise<number> {
  await vi.waitUntil(() => linesOf(path).length > 0, PATIENCE)
  return Number(linesOf(path)[0])
}
