/** How fast a site may move data: what was set while the server ran, else what the settings say. */

import { type Caller, permit } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import type { Service } from '../../../base/service.ts'
import type { Site } from '../../../workflow/site.ts'
import { SmallFacts, type SmallFactsParts } from './small-facts.ts'

export interface Bandwidths {
  /** Bytes a second over all targets of a site at this moment; 0 for no limit. */
  of(site: string): number
  /** Told which site has another limit. */
  listen(listener: (site: string) => void): void
  /** Holds at once, also for what runs. @throws not_found, invalid, forbidden */
  limit(caller: Caller, site: string, bytes: number): Promise<void>
}

export class SiteBandwidths implements Bandwidths, Service {
  readonly #sites: readonly Site[]
  readonly #facts: SmallFacts
  #limits: Readonly<Record<string, unknown>> = {}
  #listener: (site: string) => void = () => {}

  constructor(parts: SmallFactsParts & { sites: readonly Site[] }) {
    this.#sites = parts.sites
    this.#facts = new SmallFacts(parts, 'bandwidth')
  }

  async start(): Promise<void> {
    this.#limits = await this.#facts.all()
    for (const { name } of this.#sites) if (name in this.#limits) this.#listener(name)
  }

  async stop(): Promise<void> {}

  of(name: string): number {
    const limit = this.#limits[name]
    return typeof limit === 'number' ? limit : (this.#sites.find((site) => site.name === name)?.bandwidthBytes ?? 0)
  }

  listen(listener: (site: string) => void): void {
    this.#listener = listener
  }

  async limit(caller: Caller, name: string, bytes: number): Promise<void> {
    permit(caller, 'administer', caller.user)
    if (!this.#sites.some((site) => site.name === name)) throw new DomainError('not_found', `There is no site ${name}.`)
    if (!Number.isSafeInteger(bytes) || bytes < 0)
      throw new DomainError('invalid', 'Ensure this value is greater than or equal to 0.', { field: 'bandwidth' })
    await this.#facts.put(name, bytes)
    await this.start()
  }
}
