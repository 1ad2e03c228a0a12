/** Parts of the product that an administrator shows or hides (spec/hub.md 2.6). */

import { type Caller, permit } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import { SmallFacts, type SmallFactsParts } from './small-facts.ts'

export interface Feature {
  name: string
  description: string
  enabled: boolean
}

export interface Features {
  list(): Promise<Feature[]>
  /** @throws not_found, forbidden */
  change(caller: Caller, name: string, enabled: boolean): Promise<Feature>
}

const FEATURES: readonly Feature[] = [
  { name: 'searchui', description: 'Search for files in the console.', enabled: true },
  { name: 'bandwidth_controls', description: 'Limit the bandwidth of sites in the console.', enabled: true },
]

export function createFeatures(parts: SmallFactsParts): Features {
  const facts = new SmallFacts(parts, 'feature')
  return {
    async list() {
      const chosen = await facts.all()
      return FEATURES.map((one) => ({ ...one, enabled: Boolean(chosen[one.name] ?? one.enabled) }))
    },
    async change(caller, name, enabled) {
      permit(caller, 'administer', caller.user)
      const feature = FEATURES.find((one) => one.name === name)
      if (!feature) throw new DomainError('not_found', `There is no feature ${name}.`)
      await facts.put(name, enabled)
      return { ...feature, enabled }
    },
  }
}
