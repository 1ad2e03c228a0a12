/** Which process belongs to which attempt. */

import { type Process, type ProcessTable, readEnvironment } from '../../executor/resident/process/process-table.ts'

/** In the environment of every process of a job: `JOB.ATTEMPT`, and the epoch of the tasker, since job ids are not the host's alone. */
export const JOB_VARIABLE = 'YARDMASTER_JOB'
export const EPOCH_VARIABLE = 'YARDMASTER_EPOCH'

export interface Roots {
  /** Key of the attempt by the pid of its first process, while that is not reaped. */
  mains: ReadonlyMap<number, string>
  /** Key that a process without a living ancestor of its own carries in its environment, if any. */
  markOf(process: Process): string | undefined
}

/** The key of every process that belongs to one: by group, session or ancestors, or by its mark when it left all of them. */
export function ownersOf(table: ProcessTable, roots: Roots): Map<number, string> {
  const owners = new Map<number, string | undefined>()
  for (const process of table.values()) ownerOf(process, table, roots, owners)
  for (const [pid, key] of owners) if (key === undefined) owners.delete(pid)
  return owners as Map<number, string>
}

function ownerOf(
  start: Process,
  table: ProcessTable,
  { mains, markOf }: Roots,
  owners: Map<number, string | undefined>,
) {
  const path: Process[] = []
  let key: string | undefined
  let process: Process | undefined = start
  // A pass over /proc is not one instant, so that parents may even go round in a ring: every process is visited once.
  for (; process && key === undefined && !owners.has(process.pid); process = table.get(process.parent)) {
    path.push(process)
    key = mains.get(process.pid) ?? mains.get(process.session) ?? mains.get(process.group)
    owners.set(process.pid, key)
  }
  if (process) key ??= owners.get(process.pid)
  for (const visited of path.reverse()) {
    key ??= markOf(visited)
    owners.set(visited.pid, key)
  }
}

/** The attempt that a process of this epoch was started for, by its environment. */
export function markIn(epoch: string): (process: Process) => string | undefined {
  return ({ pid }) => {
    const environment = readEnvironment(pid)
    if (!environment.includes(`${EPOCH_VARIABLE}=${epoch}`)) return undefined
    const prefix = `${JOB_VARIABLE}=`
    return environment.find((entry) => entry.startsWith(prefix))?.slice(prefix.length)
  }
}
