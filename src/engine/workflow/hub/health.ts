/** How the sites stand: a node is this host, online while the site's mover can be had (spec/hub.md 2.6). */

import type { Site } from '../../../workflow/site.ts'

export type HealthWord = 'ok' | 'warning' | 'critical'

export interface SiteHealth {
  site: string
  health: HealthWord
  nodes: readonly { name: string; health: HealthWord; online: boolean }[]
}

export interface Health {
  sites(): Promise<SiteHealth[]>
}

export interface HealthParts {
  sites: readonly Site[]
  hostName(): string
  isReachable(site: string): boolean
}

export function createHealth({ sites, hostName, isReachable }: HealthParts): Health {
  return {
    async sites() {
      return sites.map(({ name }) => {
        const online = isReachable(name)
        const health = online ? 'ok' : 'critical'
        return { site: name, health, nodes: [{ name: hostName(), health, online }] }
      })
    },
  }
}
