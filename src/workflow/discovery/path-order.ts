/** The order of paths by their bytes, in which trees are walked and manifests are kept: whatever lies in a folder is together. */

import { bytesOfPath } from '../path-name.ts'

/** From here on, UTF-16 and UTF-8 do not agree on what comes first. */
const DIFFERS = /[\ud800-\uffff]/

export function comparePaths(one: string, other: string): number {
  if (one === other) return 0
  if (DIFFERS.test(one) || DIFFERS.test(other)) return Buffer.compare(bytesOfPath(one), bytesOfPath(other))
  return one < other ? -1 : 1
}

/** In place. */
export function sortNames(names: string[]): string[] {
  return names.some((name) => DIFFERS.test(name)) ? names.sort(comparePaths) : names.sort()
}
