/** Who works for a mover, as a folder: a file a worker, so that the next mover ends what its predecessor left. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootId } from '../executor/resident/process/process-identity.ts'
import { readProcess } from '../executor/resident/process/process-table.ts'
import { endSession } from './session.ts'

const NAME = /^(\d+)\.(\d+)$/

export class WorkerBook {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** Before it gets anything to do. @throws system errors */
  add(pid: number): void {
    writeFileSync(this.#fileOf(pid), bootId, { mode: 0o600 })
  }

  remove(pid: number): void {
    for (const name of readdirSync(this.#folder)) {
      if (name.startsWith(`${pid}.`)) rmSync(join(this.#folder, name), { force: true })
    }
  }

  /** Settles when nothing is left of those in the book. @throws plain error when something does not go */
  async endAll(): Promise<void> {
    for (const name of readdirSync(this.#folder)) {
      const [, pid, startTime] = NAME.exec(name) ?? []
      const file = join(this.#folder, name)
      if (pid !== undefined && readFileSync(file, 'latin1') === bootId && mayBeOurs(Number(pid), startTime))
        await endSession(Number(pid))
      rmSync(file, { force: true })
    }
  }

  #fileOf(pid: number): string {
    return join(this.#folder, `${pid}.${readProcess(pid)?.startTime ?? '0'}`)
  }
}

/** Where the number belongs to another process by now, nothing of the worker's session was left. */
function mayBeOurs(pid: number, startTime: string | undefined): boolean {
  const now = readProcess(pid)
  return now === undefined || now.startTime === startTime
}
