/** Where what lies in an archive (cc-backend pkg/archive/fsBackend.go): `CLUSTER/JOBID div 1000/JOBID mod 1000/START/`. */

import type { RunKey } from './archive.ts'

/** Of the layout: the newest that the reference writes. */
export const VERSION_KEY = 'version.txt'
export const VERSION = '3\n'

export function clusterKey(cluster: string): string {
  return `${cluster}/cluster.json`
}

/** Without a slash at the end. */
function runFolder({ cluster, jobId, startedAt }: RunKey): string {
  const thousands = Math.trunc(jobId / 1000)
  return `${cluster}/${thousands}/${threeDigits(jobId % 1000)}/${Math.floor(startedAt / 1000)}`
}

/** As Go pads: a sign takes the place of a digit. */
function threeDigits(number: number): string {
  return number < 0 ? `-${String(-number).padStart(2, '0')}` : String(number).padStart(3, '0')
}

export function metaKey(run: RunKey): string {
  return `${runFolder(run)}/meta.json`
}

export function dataKey(run: RunKey): string {
  return `${runFolder(run)}/data.json.gz`
}

/** As the reference writes it before its nightly compression. */
export function plainDataKey(run: RunKey): string {
  return `${runFolder(run)}/data.json`
}

const META = /^[^/]+\/-?\d+\/-?\d+\/-?\d+\/meta\.json$/

export function isMetaKey(key: string): boolean {
  return META.test(key)
}
