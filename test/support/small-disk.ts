/** A disk that fills up soon: a piece of memory, mounted over a folder. */

import { execFileSync } from 'node:child_process'

/** False where nothing can be mounted; it takes root and the right to. */
export function mountSmallDisk(folder: string, size: string): boolean {
  if (process.geteuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** Also while files on it are open. */
export function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder])
}
