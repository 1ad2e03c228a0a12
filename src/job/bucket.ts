/** Queued jobs that compete alike share a bucket, so that the dispatcher looks at buckets and never at a million jobs. */

import { hash } from 'node:crypto'
import type { JobRequest } from './job.ts'

const ID_LENGTH = 16
const KNOWN_LIMIT = 10_000
/** The same few texts come again and again, on the hot path of every submission. */
const known = new Map<string, string>()

/** Equal for two requests exactly when they wait alike: same user, group, priority, class, tool and resources (Accelerator, `nc summary`). */
export function bucketOf(request: JobRequest): string {
  const { user, group, priority, jobclass, tool, resources } = request
  const text = [user, group, priority, jobclass, tool, resources].join('\u001f')
  const before = known.get(text)
  if (before) return before
  if (known.size >= KNOWN_LIMIT) known.clear()
  const bucket = hash('sha1', text, 'base64url').slice(0, ID_LENGTH)
  known.set(text, bucket)
  return bucket
}
