/** By what name a snapdiff keeps what it saw, one a workflow, site, path and where the changes go; and who may use it. */

import { createHash } from 'node:crypto'
import { DomainError } from '../../base/errors.ts'
import type { Run, RunId } from '../../workflow/task.ts'
import type { Room } from './room.ts'

type Comparing = Pick<Run, 'workflow' | 'site' | 'discovery' | 'paths' | 'fields'>

/** Undefined for a run that compares nothing. */
export function manifestOf({ workflow, site, discovery, paths, fields }: Comparing): string | undefined {
  if (discovery !== 'snapdiff' && discovery !== 'bidirectional_snapdiff') return undefined
  const destination = fields.destinationsite ?? ''
  const what = JSON.stringify([workflow, site, paths[0]?.path ?? '', destination])
  return `${workflow}-${createHash('sha256').update(what).digest('hex').slice(0, 16)}`
}

/**
 * Stores a run that compares only while no other compares the same: what one keeps at its end, the other would take for what
 * it saw itself, and all that it did not see for deleted. @throws invalid
 */
export async function insertAlone(room: Room, run: Comparing, insert: () => Promise<RunId>): Promise<RunId> {
  const manifest = manifestOf(run)
  if (manifest === undefined) return insert()
  return room.beginnings.take(manifest, async () => {
    const other = (await room.store.openRuns()).find((open) => manifestOf(open) === manifest)
    if (other === undefined) return insert()
    const message = `Job ${other.id} compares the same for ${run.workflow} and goes on: wait for its end, or cancel it.`
    throw new DomainError('invalid', message, { field: 'paths' })
  })
}
