/** What the processes of one attempt use, from look to look. */

import { type Process, readTransfers, type Transfers } from './process-table.ts'
import { type Reading, Tally } from './tally.ts'

export interface Usage {
  /** Sums since the start. */
  cpuMs: number
  /** null where none of its processes could be read. */
  readBytes: number | null
  writtenBytes: number | null
  /** The sum over the processes: what they share counts for each. */
  ramMb: number
  threads: number
  processes: number
}

export class Meter {
  readonly #cpu = new Tally()
  readonly #read = new Tally()
  readonly #written = new Tally()
  #knowsTransfers = false

  /** `transfersOf` as the host tells them. */
  look(members: readonly Process[], transfersOf: (pid: number) => Transfers | undefined = readTransfers): Usage {
    const transfers = new Map(members.map(({ pid }) => [pid, transfersOf(pid)]))
    this.#knowsTransfers ||= [...transfers.values()].some((known) => known !== undefined)
    const tell = (tally: Tally, amountOf: (process: Process) => number | undefined) =>
      tally.add(members.map((process) => readingOf(process, amountOf(process))))
    const cpuMs = tell(this.#cpu, (process) => process.cpuMs)
    const readBytes = tell(this.#read, ({ pid }) => transfers.get(pid)?.readBytes)
    const writtenBytes = tell(this.#written, ({ pid }) => transfers.get(pid)?.writtenBytes)
    return {
      cpuMs,
      ...(this.#knowsTransfers ? { readBytes, writtenBytes } : { readBytes: null, writtenBytes: null }),
      ramMb: members.reduce((sum, { ramMb }) => sum + ramMb, 0),
      threads: members.reduce((sum, { threads }) => sum + threads, 0),
      processes: members.length,
    }
  }
}

function readingOf({ pid, startTime, parent }: Process, amount: number | undefined): Reading {
  return { pid, startTime, parent, amount }
}
