/** What is done to the files of a site, by the names that workflows give (spec/hub.md 4.6, 9). */

import { DomainError, isDomainError, messageOf } from '../../base/errors.ts'
import type { Site } from '../site.ts'
import type { StepOrder, TaskResult } from '../task-order.ts'
import { word } from './argument.ts'
import { migrate } from './migrate.ts'
import { move } from './move.ts'
import type { MoverParts } from './parts.ts'
import { recall } from './recall.ts'
import { Recovery } from './recovery.ts'
import { remove } from './remove.ts'
import { reverseStub } from './reverse/reverse-stub.ts'
import { checkSyncState } from './sync-state.ts'
import { Work } from './work.ts'

type Step = (work: Work) => Promise<void>

const STEPS: Readonly<Record<string, Step>> = {
  'dynamo.tasks.migrate': migrate,
  'dynamo.tasks.recall': recall,
  'dynamo.tasks.reverse_stub': reverseStub,
  'dynamo.tasks.check_sync_state': checkSyncState,
  'dynamo.tasks.delete_paths_from_gpfs': remove,
  'dynamo.tasks.delete': remove,
  'dynamo.tasks.move_paths_on_gpfs': move,
  'dynamo.tasks.move': move,
  'dynamo.tasks.rotate_snapshot': rotate,
}

export function isStep(name: string): boolean {
  return Object.hasOwn(STEPS, name)
}

/**
 * Does one step over its batch; may be called again with the same order after a crash, and then finishes what was begun.
 * Never rejects for what a file, a storage or an argument is: that is told as an outcome, or as the failure of the whole.
 */
export async function runStep(order: StepOrder, parts: MoverParts): Promise<TaskResult> {
  const step = isStep(order.name) ? STEPS[order.name] : undefined
  if (step === undefined) return { outcomes: [], failure: `${order.name} is no task that this site knows.` }
  using work = new Work(order, parts)
  try {
    await recoverOwn(work)
    await step(work)
    return work.result()
  } catch (error) {
    if (!isDomainError(error)) parts.log.error({ err: error, task: order.task }, 'a step ended with an error')
    return { outcomes: work.result().outcomes, failure: messageOf(error) }
  }
}

/** Finishes or undoes what a crash left; to be called while no step of the site runs, as often as one likes. */
export async function recover(site: Site, parts: MoverParts): Promise<void> {
  using recovery = new Recovery(site, parts)
  parts.ledger.unlockAll()
  await recovery.run(parts.ledger.journal())
}

/** What this very task began before its worker died: nobody else has it in hand. */
async function recoverOwn({ order, parts, owner }: Work): Promise<void> {
  parts.ledger.unlockAll(owner)
  const own = parts.ledger.journal().filter(({ details }) => details.owner === owner)
  if (own.length === 0) return
  using recovery = new Recovery(order.site, parts)
  await recovery.run(own)
}

/** The manifest that a snapdiff drafted is the one that the next is compared with. @throws invalid */
async function rotate(work: Work): Promise<void> {
  const manifest = word(work.order.arguments, 'manifest')
  if (manifest === '') throw new DomainError('invalid', 'rotate_snapshot needs the name of a manifest.')
  // Without a draft it was done before, and a crash kept it from being told.
  const { ledger } = work.parts
  if (ledger.manifestEntryAt(manifest, '', 'draft') !== undefined) ledger.rotate(manifest)
  for (const index of work.order.entries.keys()) work.settle(index, 'processed')
}
