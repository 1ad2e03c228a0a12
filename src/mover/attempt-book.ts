/**
 * What a mover was given and how it ended, as a folder: a file an attempt, empty from before it starts, then with its
 * end until that is stored. A mover that finds empty files at its start knows what its predecessor lost.
 */

import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Attempt } from '../executor/executor.ts'
import { attemptKey, type MoverEnd } from '../executor/mover-protocol.ts'

const NAME = /^(\d+)\.(\d+)$/
const LOST = 'the mover of its site ended while it ran'

export class AttemptBook {
  /** Changes when the folder was lost, and with it the knowledge of what ran. */
  readonly epoch: string
  readonly #folder: string
  readonly #ends = new Map<string, MoverEnd>()

  constructor(folder: string, clock: Clock) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.epoch = readEpoch(join(folder, 'epoch'))
    for (const name of readdirSync(folder)) this.#load(name, clock)
  }

  get size(): number {
    return this.#ends.size
  }

  ends(): MoverEnd[] {
    return [...this.#ends.values()]
  }

  endOf(attempt: Attempt): MoverEnd | undefined {
    return this.#ends.get(attemptKey(attempt))
  }

  /** Before anything of it is done. @throws system errors, and then it must not be done */
  intend(attempt: Attempt): void {
    writeFileSync(this.#fileOf(attempt), '', { mode: 0o600 })
  }

  /** Kept in memory also when the disk does not take it. @throws system errors */
  end(end: MoverEnd): void {
    this.#ends.set(attemptKey(end), end)
    const file = this.#fileOf(end)
    writeFileSync(`${file}.new`, JSON.stringify(end), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  forget(attempt: Attempt): void {
    this.#ends.delete(attemptKey(attempt))
    rmSync(this.#fileOf(attempt), { force: true })
  }

  #load(name: string, clock: Clock): void {
    const [, jobId, attempt] = NAME.exec(name) ?? []
    if (jobId === undefined || attempt === undefined) return
    const pair = { jobId: Number(jobId), attempt: Number(attempt) }
    const lost: MoverEnd = { kind: 'lost', ...pair, at: clock.now(), reason: LOST }
    this.#ends.set(attemptKey(pair), readEnd(this.#fileOf(pair)) ?? lost)
  }

  #fileOf(attempt: Attempt): string {
    return join(this.#folder, attemptKey(attempt))
  }
}

/** Undefined where there is none, or half of one. */
function readEnd(file: string): MoverEnd | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MoverEnd
  } catch {
    return undefined
  }
}

function readEpoch(file: string): string {
  try {
    const epoch = readFileSync(file, 'utf8')
    if (epoch !== '') return epoch
  } catch {
    // The first of this folder.
  }
  const epoch = randomUUID()
  writeFileSync(file, epoch, { mode: 0o600 })
  return epoch
}
