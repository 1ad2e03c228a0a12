/** After the death of an earlier tasker: ends what it left running, and says so in the journal. */

import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'
import type { LineLog } from '../executor/resident/line-log.ts'
import { isAlive, signalExactly } from '../executor/resident/process/process-identity.ts'
import { type Process, readProcesses } from '../executor/resident/process/process-table.ts'
import type { Journal } from './journal.ts'
import { type Known, keyOf } from './journal-entry.ts'
import { markIn, ownersOf } from './process/process-tree.ts'

export interface RecoveryParts {
  clock: Clock
  journal: Journal
  log: LineLog
}

const PATIENCE_MS = 3000
const PAUSE_MS = 5
/** Passes in a row that find nothing, since a process may be between its parent and its mark during one. */
const CLEAN_PASSES = 2

/** Attempts without an end become lost once nothing of them is alive any more. */
export async function recover({ clock, journal, log }: RecoveryParts): Promise<void> {
  const lost = journal.known().filter(({ end }) => !end)
  if (lost.length === 0) return
  await waitForForker(journal, clock)
  const isClean = await killAll(lost, journal.epoch, clock)
  if (!isClean) log('warn', 'some processes of lost jobs cannot be killed at this time')
  const reason = 'the tasker that ran it was killed; what was left of the job was ended'
  for (const { jobId, attempt } of lost) {
    journal.add({ kind: 'end', end: { kind: 'lost', jobId, attempt, at: clock.now(), reason } })
  }
  journal.flush()
  log('warn', `the tasker before this one was killed; ${lost.length} jobs are lost`)
}

/** The fork server ends its jobs and itself when its tasker is gone; until then it may still fork. */
async function waitForForker({ forker }: Journal, clock: Clock): Promise<void> {
  if (!forker) return
  const deadlineMs = clock.monotonicMs() + PATIENCE_MS
  while (isAlive(forker) && clock.monotonicMs() < deadlineMs) await wait(PAUSE_MS)
  if (isAlive(forker)) signalExactly(forker.pid, forker.startTime, 'SIGKILL')
}

async function killAll(lost: readonly Known[], epoch: string, clock: Clock): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + PATIENCE_MS
  for (let clean = 0; clean < CLEAN_PASSES; ) {
    if (clock.monotonicMs() > deadlineMs) return false
    const left = survivors(lost, epoch)
    for (const { pid, startTime } of left) signalExactly(pid, startTime, 'SIGKILL')
    clean = left.length === 0 ? clean + 1 : 0
    await wait(PAUSE_MS)
  }
  return true
}

function survivors(lost: readonly Known[], epoch: string): Process[] {
  const keys = new Set(lost.map(keyOf))
  const mains = new Map<number, string>()
  for (const known of lost) if (known.process && isAlive(known.process)) mains.set(known.process.pid, keyOf(known))
  const table = readProcesses()
  const owners = ownersOf(table, { mains, markOf: markIn(epoch) })
  return [...table.values()].filter(({ pid }) => keys.has(owners.get(pid) ?? ''))
}
