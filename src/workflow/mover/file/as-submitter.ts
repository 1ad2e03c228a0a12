/** A few calls of the file system with the rights of whoever submitted. */

import type { Identity } from '../../task-order.ts'
import type { MoverParts } from '../parts.ts'

/** Synchronous, since the switch holds for the whole process. */
export function asSubmitter<Result>(
  { switchTo }: Pick<MoverParts, 'switchTo'>,
  identity: Identity | null,
  run: () => Result,
): Result {
  if (identity === null) return run()
  switchTo(identity)
  try {
    return run()
  } finally {
    switchTo(null)
  }
}
