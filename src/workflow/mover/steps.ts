/** What is done to the files of a site, by the names that workflows give (spec/hub.md 4.6, 9). */

import type { StepOrder, TaskResult } from '../task-order.ts'
import type { MoverParts } from './parts.ts'

/**
 * Does one step over its batch; may be called again with the same order after a crash, and then finishes what was begun.
 * Never rejects for what a file, a storage or an argument is: that is told as an outcome, or as the failure of the whole.
 */
export async function runStep(order: StepOrder, _parts: MoverParts): Promise<TaskResult> {
  return { outcomes: [], failure: `${order.name} is no task that this site knows.` }
}

/** Finishes or undoes what a crash left; to be called before the first step of a site's mover, as often as one likes. */
export async function recover(_site: StepOrder['site'], _parts: MoverParts): Promise<void> {
  // To come.
}
