/** The second half of a bidirectional sync: what goes there, from there. */

import { DomainError, messageOf } from '../../base/errors.ts'
import { pathOn } from '../../workflow/mover/object/key-map.ts'
import type { Site } from '../../workflow/site.ts'
import { type Room, siteNamed } from './room.ts'
import type { Submission } from './workflows.ts'

/** From where the folder lies on the other site. @throws invalid where there is none, or nothing that both sites reach */
export function wayBack(room: Pick<Room, 'sites'>, there: Submission): Submission {
  const { destinationsite, destinationqueue = 'default', ...fields } = there.fields
  const origin = siteNamed(room, there.site)
  const site = typeof destinationsite === 'string' ? siteNamed(room, destinationsite) : undefined
  if (!site || !origin || site === origin) throw refused('A bidirectional sync needs another site.')
  return {
    ...there,
    site: site.name,
    queue: String(destinationqueue),
    paths: there.paths.map(({ path }) => ({ path: pathThere(site, origin, path) })),
    fields: { ...fields, destinationsite: origin.name, destinationqueue: there.queue || 'default' },
  }
}

function pathThere(site: Site, origin: Site, path: string): string {
  try {
    return pathOn(site, origin, path)
  } catch (error) {
    throw refused(`Nothing can come back from there: ${messageOf(error)}.`)
  }
}

function refused(message: string): DomainError {
  return new DomainError('invalid', message, { field: 'fields.destinationsite' })
}
