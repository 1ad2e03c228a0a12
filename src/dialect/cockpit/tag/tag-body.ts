/** Tags as bodies hold them: always objects, never ids (spec/cockpit.md 1.9). */

import { DomainError } from '../../../base/errors.ts'
import type { TagName } from '../../../job/record.ts'
import { int64, list, object, type ReadBy, text } from '../body/shape.ts'

/** Of a run that begins. */
export const JOB_TAG = object('schema.Tag', { type: text, name: text, scope: text, id: int64 })

export const TAGS_BODY = list(object('api.APITag', { type: text, name: text, scope: text }))

type TagBody = Omit<ReadBy<typeof JOB_TAG>, 'id'>

const MOST_TAGS = 1000

/** @throws invalid for more at a time than anybody means */
export function readTags(tags: readonly TagBody[] = []): TagName[] {
  if (tags.length > MOST_TAGS) throw new DomainError('invalid', `at most ${MOST_TAGS} tags at a time`)
  return tags.map(({ type = '', name = '', scope }) => ({ type, name, scope: scope || 'global' }))
}
