/** Bodies and parameters made the engine's commands. */

import { DomainError } from '../../base/errors.ts'
import { parseId } from '../../base/id.ts'
import type { Changes, Submission } from '../../engine/command.ts'
import type { JobId } from '../../job/job.ts'
import { JOB_KEYS } from './body/job-keys.ts'
import type { Keys } from './body/key.ts'
import { MODIFY_KEYS } from './body/modify-keys.ts'

export type Body = Readonly<Record<string, unknown>>

/** A job description by the person who submits it. @throws invalid, forbidden, naming the key */
export function readSubmission(body: Body, user: string): Submission {
  return commandOf(body, JOB_KEYS, user) as Submission
}

/** Keys of a description that were accepted without effect, so that the answer can say so. */
export function ignoredKeys(body: Body): string[] {
  return Object.keys(body).filter((key) => JOB_KEYS[key] && !JOB_KEYS[key].read)
}

/** New values for a job of `owner`. @throws invalid, naming the key; also when nothing would change */
export function readChanges(body: Body, owner: string): Changes {
  const changes = commandOf(body, MODIFY_KEYS, owner)
  if (Object.keys(changes).length > 0) return changes
  throw new DomainError('invalid', 'the body names nothing to change; give a key such as "priority" or "autokill"')
}

function commandOf(body: Body, keys: Keys, owner: string): Partial<Submission> {
  const command: Partial<Submission> = {}
  for (const [key, value] of Object.entries(body)) {
    Object.assign(command, keys[key]?.read?.(value, key, owner))
  }
  return command
}

/** Padded or not (Accelerator tutorial 2024.1, nc_info.py). @throws not_found, since nothing has another ID */
export function readJobId(given: string): JobId {
  const id = parseId(given)
  if (id !== undefined) return id
  throw new DomainError('not_found', `there is no job "${given.slice(0, 60)}"; ${ID_FORM}`)
}

const ID_FORM = 'an ID is a number, such as 1138 or 000001138'
const MOST_IDS = 1000

/** Ids separated by commas, each once. @throws invalid */
export function readJobIds(given: string): JobId[] {
  const ids = given.split(',').map((id) => parseId(id.trim()))
  if (ids.some((id) => id === undefined))
    throw new DomainError('invalid', `jobs must be IDs with commas between; ${ID_FORM}`)
  const each = [...new Set(ids as JobId[])]
  if (each.length > MOST_IDS) throw new DomainError('invalid', `jobs must name at most ${MOST_IDS} jobs`)
  return each
}
