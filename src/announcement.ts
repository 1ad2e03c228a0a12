/** `server.json` in the data directory: there while the server is ready, so that clients and scripts find it. */

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Announcement {
  pid: number
  version: string
  /** By dialect. */
  urls: Readonly<Record<string, string>>
  /** How often the settings were read anew since the start, in vain or not. */
  reread: number
  /** Why the last time was in vain; those from before stay then. */
  refusal?: string
  /** What the settings said that was not understood, or is risky. */
  warnings: readonly string[]
}

/** Written aside and moved into place, so that no reader ever meets half of it. */
export function announce(dataDir: string, announcement: Announcement): void {
  const file = join(dataDir, 'server.json')
  const draft = `${file}.${announcement.pid}`
  writeFileSync(draft, `${JSON.stringify(announcement)}\n`, { mode: 0o644 })
  renameSync(draft, file)
}

export function withdrawAnnouncement(dataDir: string): void {
  rmSync(join(dataDir, 'server.json'), { force: true })
}
