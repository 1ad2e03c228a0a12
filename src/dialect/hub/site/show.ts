/** Sites and what belongs to them, as the Hub's clients read it (spec/hub.md 2.6, 6). */

import type { HealthWord, SiteHealth } from '../../../engine/workflow/hub/health.ts'
import type { Site, Target } from '../../../workflow/site.ts'
import { LANES } from '../../../workflow/task.ts'
import type { LinkTo } from '../manners/address.ts'

const BYTES_PER_MEGABIT = 125_000

function megabitsOf(bytes: number): number | null {
  return bytes === 0 ? null : bytes / BYTES_PER_MEGABIT
}

export function bytesOf(megabits: number | null): number {
  return Math.round((megabits ?? 0) * BYTES_PER_MEGABIT)
}

export function showSite({ id, name, roots, queues }: Site, bandwidthBytes: number, links: LinkTo) {
  return {
    url: links(`/sites/${id}/`),
    id,
    name,
    label: name,
    roots,
    queues: queues.map((queue) => queue.name),
    // Megabits a second; null for no limit.
    bandwidth: megabitsOf(bandwidthBytes),
    health: links(`/sites/${id}/health/`),
  }
}

/** The lanes that browse and set up are of the standard queue alone. */
const STANDARD_ONLY: readonly string[] = ['interactive', 'settings']

export function queuesOf(sites: readonly Site[]) {
  return sites.flatMap(({ name: site, queues }) =>
    queues.map(({ name, threads }) => {
      const functions = LANES.filter((lane) => name === 'default' || !STANDARD_ONLY.includes(lane))
      return { site, name, threads, functions }
    }),
  )
}

export function nodesOf(healths: readonly SiteHealth[]) {
  return healths.flatMap(({ site, nodes }) => nodes.map((node) => ({ ...node, site })))
}

/** What may be told of where data goes: never a credential. */
export function datastoresOf(sites: readonly Site[]) {
  return sites.flatMap((site) => site.targets.map((target) => showTarget(site.name, target)))
}

function showTarget(site: string, { name, storage, s3, below }: Target) {
  if (storage.kind === 'disk') return { name, type: 'POSIX', site, path: storage.path, below }
  const { bucket, prefix } = storage
  return { name, type: 'S3', site, bucket, prefix, endpoint: s3.endpoint, region: s3.region, below }
}

const ORDER: readonly HealthWord[] = ['ok', 'warning', 'critical']

/** The worst of all sites. */
export function showHealth(healths: readonly SiteHealth[]): object {
  const worst = Math.max(0, ...healths.map(({ health }) => ORDER.indexOf(health)))
  return { overall_health: ORDER[worst], hub_status: { health: 'ok' }, site_status: healths }
}
