/** The target that the ledger names. */

import { DomainError } from '../../../base/errors.ts'
import type { Site, Target } from '../../site.ts'
import type { FileState, Location } from '../../site-ledger.ts'

/** @throws invalid for one that was taken out of the settings */
export function targetOf(site: Site, name: string): Target {
  const target = site.targets.find((one) => one.name === name)
  if (target !== undefined) return target
  throw new DomainError('invalid', `its data are in target ${name}, which site ${site.name} has no more: add it again`)
}

/** Where to fetch from: the endpoint that was asked for, or the first. @throws invalid */
export function locationOf(state: FileState, endpoint: string): Location {
  const found = state.locations.find(({ target }) => endpoint === '' || target === endpoint)
  if (found !== undefined) return found
  const known = state.locations.map(({ target }) => target).join(', ')
  throw new DomainError('invalid', `it has no copy in ${endpoint}: its copies are in ${known}`)
}
