/** The options of whatever waits for a job. */

import type { Command } from 'commander'
import { messageOf } from '../../../base/errors.ts'
import { parseTimespec } from '../../../base/timespec.ts'
import { UsageError } from '../../failure.ts'
import type { Hub } from '../hub/hub.ts'
import type { CommonOptions } from '../hub/options.ts'
import type { Invocation } from '../invocation.ts'
import type { Watching } from './watch.ts'

export interface WaitOptions {
  /** Milliseconds. */
  timeout?: number
}

export function addWaitOptions(command: Command): Command {
  return command.option('--timeout <seconds>', 'wait no longer; the job goes on, and the exit status is 2', readTimeout)
}

function readTimeout(text: string): number {
  try {
    return parseTimespec(text, '--timeout')
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

export function watchingOf({ options, clock, screen }: Invocation<CommonOptions & WaitOptions>, hub: Hub): Watching {
  return { hub, clock, screen, timeoutMs: options.timeout, json: options.json === true }
}
