/** The tasker of a data directory, found as an operator would find it: by its command line. */

import { readdirSync, readFileSync } from 'node:fs'
import { vi } from 'vitest'

const PATIENCE_MS = 20_000

export function taskerPid(dataDir: string): Promise<number> {
  return vi.waitFor(() => find(dataDir), { timeout: PATIENCE_MS, interval: 20 })
}

function find(dataDir: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const words = commandLineOf(entry)
    if (words.some((word) => /tasker\/main\.[jt]s$/.test(word)) && words.some((word) => word.startsWith(dataDir))) {
      return Number(entry)
    }
  }
  throw new Error(`no tasker works for ${dataDir}`)
}

function commandLineOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}
