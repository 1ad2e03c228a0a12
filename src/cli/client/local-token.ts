/** On the server's own machine: whoever owns the data directory signs in without a password, since its keys are theirs. */

import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { isDomainError } from '../../base/errors.ts'
import { readServerFile, trustedDataDir } from '../server-file.ts'

export interface LocalRequest {
  url: string
  user: string
  env: Readonly<Record<string, string | undefined>>
}

const LIFETIME_MS = 4 * 3_600_000

/** undefined when the server is not the one of our data directory, or does not know the user. */
export async function localToken({ url, user, env }: LocalRequest) {
  const dataDir = await trustedDataDir(env)
  if (dataDir === undefined || !(await isOurs(dataDir, url))) return undefined
  const { grantToken } = await import('../admin/grant.ts')
  try {
    return await grantToken(dataDir, { name: user, lifetimeMs: LIFETIME_MS })
  } catch (error) {
    if (isDomainError(error)) return undefined
    throw error
  }
}

async function isOurs(dataDir: string, url: string): Promise<boolean> {
  const server = await readServerFile(dataDir)
  if (!server || !Object.values(server.urls).some((one) => URL.parse(one)?.origin === url)) return false
  const may = access(join(dataDir, 'yardmaster.db'), constants.R_OK | constants.W_OK)
  return may.then(
    () => true,
    () => false,
  )
}
