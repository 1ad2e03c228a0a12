/** A new run over the paths of an earlier one that failed. */

import { type Caller, permit } from '../../auth/caller.ts'
import { DomainError } from '../../base/errors.ts'
import type { PathEntry } from '../../workflow/path-entry.ts'
import { isRunOver } from '../../workflow/state.ts'
import type { Run, RunId } from '../../workflow/task.ts'
import { loadRun } from './advance.ts'
import type { Room } from './room.ts'
import { type Draft, draftOf, launch } from './submit.ts'

/** With more, all is done again: the steps find by themselves what is done already. */
const MOST_PATHS = 10_000

/** @throws not_found, forbidden, conflict while it is not over, invalid where the workflow or site is gone */
export async function resubmit(room: Room, caller: Caller, id: RunId): Promise<Run> {
  permit(caller, 'submit', caller.user)
  const run = await loadRun(room, id)
  if (!isRunOver(run.state))
    throw new DomainError('conflict', `Cannot resubmit a job in state ${run.state.toUpperCase()}.`)
  await room.findIdentity(caller.user)
  const { workflow, site, queue, paths, fields, clientKey, schedule } = run
  const draft = await draftOf(room, caller.user, {
    ...{ workflow, site, queue, paths, fields, clientKey, schedule },
    discovery: run.discovery,
  })
  const failed = await failedOf(room, id)
  return launch(room, failed.length === 0 ? draft : partial(draft, failed))
}

function partial(draft: Draft, entries: readonly PathEntry[]): Draft {
  return {
    ...draft,
    discovery: null,
    schedule: null,
    entries,
    paths: entries.map(({ path, state }) => ({ path, state })),
  }
}

/** None where there may be others that were not found. */
async function failedOf({ store }: Room, id: RunId): Promise<PathEntry[]> {
  if (!(await store.isAllFound(id))) return []
  const failed = new Map<string, PathEntry>()
  for await (const batch of store.failedPaths(id)) {
    // Where the data are is found anew: the chain begins again.
    for (const { object: _object, ...entry } of batch) failed.set(entry.path, entry)
    if (failed.size > MOST_PATHS) return []
  }
  return [...failed.values()]
}
