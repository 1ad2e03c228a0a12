/** Jobs that tell on themselves: each run leaves a line under the job's own number, so that a second run would show. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aJob, ask, type Yard } from './yard.ts'

export interface Ticket {
  number: number
  exitCode: number
  /** Known once the server has acknowledged it. */
  jobId?: number
}

export interface JobRow {
  id: number
  status: string
  exitCode: number | null
  cause: string
}

const EXIT_CODES = 5

export class Tally {
  readonly #folder = mkdtempSync(join(tmpdir(), 'yard-tally-'))
  readonly tickets: Ticket[] = []

  /** Submits the next job; whether it was acknowledged is noted on its ticket. */
  async submit(yard: Pick<Yard, 'url' | 'token'>, seconds: number, extra: Record<string, unknown> = {}): Promise<void> {
    const number = this.tickets.length
    const ticket: Ticket = { number, exitCode: number % EXIT_CODES }
    this.tickets.push(ticket)
    const command = `echo ran >> ${this.#fileOf(number)}; sleep ${seconds}; exit ${ticket.exitCode}`
    const answer = await ask(yard, '/api/v3/jobs', aJob({ command, ...extra }))
    ticket.jobId = (answer as { jobid: number }).jobid
  }

  runsOf({ number }: Ticket): number {
    const file = this.#fileOf(number)
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #fileOf(number: number): string {
    return join(this.#folder, String(number))
  }
}

export async function listJobs(yard: Pick<Yard, 'url' | 'token'>): Promise<Map<number, JobRow>> {
  const path = '/api/v3/query?select=idint,statusnc,exitstatus,cause&from=jobs'
  const { rows = [] } = (await ask(yard, path)) as { rows?: [number, string, number | null, string][] }
  return new Map(rows.map(([id, status, exitCode, cause]) => [id, { id, status, exitCode, cause }]))
}
