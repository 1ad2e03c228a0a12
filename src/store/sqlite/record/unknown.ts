/** What a caller hears who names a record that is not there. */

import { DomainError } from '../../../base/errors.ts'
import type { RecordId } from '../../../job/record.ts'

export function unknown(id: RecordId): DomainError {
  return new DomainError('not_found', `there is no job with id ${id}`)
}
