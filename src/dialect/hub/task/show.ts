/** A task as the Hub's clients read it (spec/hub.md 4.9), with what became of its paths. */

import type { PathEntry, PathOutcome } from '../../../workflow/path-entry.ts'
import type { Task } from '../../../workflow/task.ts'
import type { LinkTo } from '../manners/address.ts'
import { showTime, showTimeOrNull } from '../manners/time.ts'
import { showState } from '../words.ts'

/** `node` is who works, or has worked on it. */
export function showTask(task: Task, links: LinkTo, node: string) {
  return {
    url: links(`/tasks/${task.id}/`),
    id: task.id,
    // The number of the same in the queue, for `nc info`.
    taskid: String(task.jobId),
    job: task.run,
    name: task.name,
    site: task.site,
    queue: task.queue,
    function: task.lane,
    node: task.startedAt === null ? null : node,
    state: showState(task.state),
    arguments: task.arguments,
    parents: task.parent === null ? [] : [task.parent],
    path_count: task.pathCount,
    stats: { ...task.outcomes },
    moved_bytes: task.movedBytes,
    message: task.message,
    created: showTime(task.createdAt),
    started: showTimeOrNull(task.startedAt),
    completed: showTimeOrNull(task.completedAt),
  }
}

export interface Batch {
  entries: readonly PathEntry[]
  outcomes: readonly PathOutcome[]
}

/** What each path of a batch came to, by its place in the batch; a path without an outcome is still to be done. */
export function showPaths({ entries, outcomes }: Batch, from: number, to: number): object[] {
  return entries.slice(from, to).map((entry, index) => showPath(entry, outcomes[from + index]))
}

function showPath({ path, type, sizeBytes, state, from }: PathEntry, outcome: PathOutcome | undefined): object {
  return {
    path,
    type,
    size: sizeBytes,
    state: outcome?.outcome ?? 'pending',
    discovered: state,
    message: outcome?.message ?? '',
    moved_bytes: outcome?.movedBytes ?? 0,
    ...(from !== undefined && { from }),
  }
}
