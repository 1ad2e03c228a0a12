/** The one place that chooses how processes are made. */

import { messageOf } from '../../base/errors.ts'
import { openForkServer } from './fork-server.ts'
import type { Forker, ForkerParts } from './forker.ts'
import { openSpawner } from './spawn.ts'

/** The fork server where it can be compiled, spawn otherwise; `YARDMASTER_FORKER=spawn|fork-server` decides it. */
export async function openForker(parts: ForkerParts): Promise<Forker> {
  const wanted = process.env.YARDMASTER_FORKER
  if (wanted === 'spawn') return openSpawner()
  try {
    return await openForkServer(parts)
  } catch (error) {
    if (wanted === 'fork-server') throw error
    parts.log('warn', `no fork server, jobs are started more slowly: ${messageOf(error)}`)
    return openSpawner()
  }
}
