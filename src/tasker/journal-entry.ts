/** The lines of the journal, and what they say of an attempt. Pure. */

import type { Attempt, ExecutorEvent } from '../executor/executor.ts'
import type { ProcessIdentity } from '../executor/resident/process/process-identity.ts'

export type EndEvent = Extract<ExecutorEvent, { kind: 'exited' | 'lost' }>

/** An attempt that was started and whose end is not known to be stored. */
export interface Known extends Attempt {
  process?: ProcessIdentity
  end?: EndEvent
}

export type Entry =
  | { kind: 'epoch'; epoch: string }
  /** The program that forks for the tasker. */
  | { kind: 'forker'; process: ProcessIdentity }
  /** Will be started; written before it is. */
  | ({ kind: 'intent' } & Attempt)
  | ({ kind: 'started'; process: ProcessIdentity } & Attempt)
  | { kind: 'end'; end: EndEvent }
  /** Its end is stored, or it was never started. */
  | ({ kind: 'forget' } & Attempt)

const KINDS: readonly Entry['kind'][] = ['epoch', 'forker', 'intent', 'started', 'end', 'forget']

/** undefined for a line that a kill cut short. */
export function readEntry(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Entry | null
    return entry && KINDS.includes(entry.kind) ? entry : undefined
  } catch {
    return undefined
  }
}

/** `JOB.ATTEMPT`: the name of an attempt in tables, and in the environment of its processes. */
export function keyOf({ jobId, attempt }: Attempt): string {
  return `${jobId}.${attempt}`
}
