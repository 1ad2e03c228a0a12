/** The server of a data directory as a process: found, signalled, waited for. */

import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, readServerFile, type ServerFile } from './server-file.ts'

const LOOK_MS = 50

/** The server that runs on this folder, if one is ready. A file that a crash left behind counts for nothing. */
export async function runningServer(dataDir: string): Promise<ServerFile | undefined> {
  const server = await readServerFile(dataDir)
  return server && (await isServer(server.pid)) ? server : undefined
}

/** Also while it is starting or stopping, when there is no server.json. */
export async function isServer(pid: number): Promise<boolean> {
  return isAlive(pid) && (await isOurs(pid))
}

export async function isRunning(dataDir: string): Promise<boolean> {
  return (await runningServer(dataDir)) !== undefined
}

/** An id is given to another process some time after a crash: that one must not get our signals. */
async function isOurs(pid: number): Promise<boolean> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  // Where there is no /proc, the id has to do.
  return words === undefined || (/\byardmaster(\.[jt]s)?\0/.test(words) && words.split('\0').includes('serve'))
}

/** Asks until the answer is there; undefined when `limitMs` have passed. */
export async function until<Answer>(
  limitMs: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const end = performance.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined || performance.now() > end) return answer
    await pause(LOOK_MS)
  }
}
