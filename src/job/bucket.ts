/** Queued jobs that compete alike share a bucket, so that the dispatcher looks at buckets and never at a million jobs. */

import type { JobRequest } from './job.ts'

/** Text that is equal for two requests exactly when they are in the same bucket (Accelerator, `nc summary`: user, group, priority, tool, resources, class). */
export function bucketOf(request: JobRequest): string {
  const { user, group, priority, jobclass, tool, resources } = request
  return [user, group, priority, jobclass, tool, resources].join('\u001f')
}
