/** Waiting for a server that is away for a moment: restarted, most often. */

import { setTimeout as pause } from 'node:timers/promises'
import { systemCodeOf } from '../../base/errors.ts'
import type { Screen } from '../terminal/screen.ts'
import { UnreachableError } from './http-client.ts'
import { RefusedError } from './session.ts'

/** Between two tries to reach the server, doubling up to the second. */
const RETRY_MS = 250
const RETRY_LONGEST_MS = 5000

/** Waits longer each time, and says once why nothing happens. */
export class Patience {
  private readonly screen: Pick<Screen, 'message'>
  private waitMs = 0

  constructor(screen: Pick<Screen, 'message'>) {
    this.screen = screen
  }

  restore(): void {
    this.waitMs = 0
  }

  async wait(): Promise<void> {
    if (this.waitMs === RETRY_MS) this.screen.message('the server does not answer at the moment; waiting for it')
    this.waitMs = Math.min(Math.max(this.waitMs * 2, RETRY_MS), RETRY_LONGEST_MS)
    await pause(this.waitMs)
  }
}

export function isTemporary(error: unknown): boolean {
  if (error instanceof UnreachableError) return true
  if (error instanceof RefusedError) return [429, 502, 503].includes(error.status)
  // The connection broke while an answer was read.
  return systemCodeOf(error) !== undefined
}
