/** Which files some process has open to write, as far as /proc shows it: all processes to root, to others their own. */

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

const WRITING = 0o3

/** By `dev:ino`, the process's number; of the files that lie below the roots. This process's own do not count. */
export function openWriters(roots: readonly string[]): Map<string, number> {
  const writers = new Map<string, number>()
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    for (const fd of listed(`/proc/${pid}/fd`)) {
      const key = writtenFile(pid, fd, roots)
      if (key !== undefined) writers.set(key, Number(pid))
    }
  }
  return writers
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Another account's, or gone.
    return []
  }
}

function writtenFile(pid: string, fd: string, roots: readonly string[]): string | undefined {
  try {
    const link = readlinkSync(`/proc/${pid}/fd/${fd}`)
    if (!roots.some((root) => link.startsWith(root))) return undefined
    const flags = /^flags:\s*0*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0'
    if ((Number.parseInt(flags, 8) & WRITING) === 0) return undefined
    const { dev, ino } = statSync(`/proc/${pid}/fd/${fd}`, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    // Closed meanwhile.
    return undefined
  }
}
