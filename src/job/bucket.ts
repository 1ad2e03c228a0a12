/** Queued jobs that compete alike share a bucket, so that the dispatcher looks at buckets and never at a million jobs. */

import { hash } from 'node:crypto'
import { remember } from '../base/remember.ts'
import type { JobRequest } from './job.ts'

const ID_LENGTH = 16
const idOf = remember((text) => hash('sha1', text, 'base64url').slice(0, ID_LENGTH))

/** Equal for two requests exactly when they wait alike: same user, group, priority, class, tool and resources (Accelerator, `nc summary`). */
export function bucketOf(request: JobRequest): string {
  const { user, group, priority, jobclass, tool, resources } = request
  return idOf([user, group, priority, jobclass, tool, resources].join('\u001f'))
}
