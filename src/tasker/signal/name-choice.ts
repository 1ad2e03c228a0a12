/** Which processes of a job a signal is for, by their names. */

import { DomainError, messageOf } from '../../base/errors.ts'
import type { SignalOrder } from '../../executor/executor.ts'

/** True for the name of a process that is meant; null when all are. */
export type NameChoice = ((name: string) => boolean) | null

/** `exclude` wins over `include` (Accelerator, vtk_job_control). @throws invalid for a pattern that cannot be read */
export async function readChoice({ include, exclude }: Pick<SignalOrder, 'include' | 'exclude'>): Promise<NameChoice> {
  if (exclude) {
    const excluded = await finder('exclude', exclude)
    return (name) => !excluded(name)
  }
  return include ? finder('include', include) : null
}

/** Loaded when first needed: a pattern is somebody else's text and must not hold up the tasker, yet few orders have one. */
async function finder(key: string, pattern: string): Promise<(name: string) => boolean> {
  const { regexOf } = await import('../../job/filter.ts')
  try {
    const regex = regexOf(pattern, 0)
    return (name) => regex.matcher(name).find()
  } catch (error) {
    const problem = `${key} is not a regular expression (${messageOf(error)}); write one for process names, like ^sleep`
    throw new DomainError('invalid', problem)
  }
}
