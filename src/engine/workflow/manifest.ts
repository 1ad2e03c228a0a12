/** By what name a snapdiff keeps what it saw: one a workflow, site, path and where the changes go. Pure. */

import { createHash } from 'node:crypto'
import type { Run } from '../../workflow/task.ts'

/** Undefined for a run that compares nothing. */
export function manifestOf({ workflow, site, discovery, paths, fields }: Run): string | undefined {
  if (discovery !== 'snapdiff' && discovery !== 'bidirectional_snapdiff') return undefined
  const destination = fields.destinationsite ?? ''
  const what = JSON.stringify([workflow, site, paths[0]?.path ?? '', destination])
  return `${workflow}-${createHash('sha256').update(what).digest('hex').slice(0, 16)}`
}
