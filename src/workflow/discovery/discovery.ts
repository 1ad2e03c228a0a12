/** Finds the paths that a run is about (spec/hub.md 4.5). */

import { isDomainError, messageOf } from '../../base/errors.ts'
import type { DiscoveryOrder, TaskResult } from '../task-order.ts'
import type { DiscoveryParts } from './parts.ts'
import { searchTree } from './recursive.ts'
import { Searching } from './searching.ts'
import { searchChanges } from './snapdiff.ts'

export type { DiscoveryParts } from './parts.ts'

/**
 * Tells everything from the order's cursor on. The outcomes are of paths that could not be read; there are at most a
 * thousand of them, and the last says how many more there were. One that is told to end says that something is left.
 */
export async function discover(order: DiscoveryOrder, parts: DiscoveryParts): Promise<TaskResult> {
  using searching = new Searching(order, parts)
  const { telling } = searching
  try {
    await (order.technique === 'snapdiff' ? searchChanges(searching) : searchTree(searching))
    await telling.end()
    return { outcomes: telling.refused, failure: null }
  } catch (error) {
    if (searching.isStop(error)) return endEarly(searching)
    if (!isDomainError(error)) parts.log.error({ err: error, task: order.task }, 'a discovery ended with an error')
    await telling.end().catch(() => undefined)
    return { outcomes: telling.refused, failure: messageOf(error) }
  }
}

/** All that was told is stored by then, so that the cursor is known. */
async function endEarly({ telling }: Searching): Promise<TaskResult> {
  try {
    await telling.end()
    return { outcomes: telling.refused, failure: null, left: [] }
  } catch (error) {
    return { outcomes: telling.refused, failure: messageOf(error) }
  }
}
