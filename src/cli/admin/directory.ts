/** The LDAP directory of the settings, asked by hand. */

import { createDirectory } from '../../auth/ldap/directory.ts'
import { createDirectorySync, type SyncOutcome } from '../../auth/ldap/directory-sync.ts'
import { isDomainError } from '../../base/errors.ts'
import { silentLog } from '../../base/log.ts'
import { loadConfig } from '../../config.ts'
import { UserError } from '../failure.ts'
import { clock, withStore } from './data-directory.ts'

/** @throws UserError with the reason, which a server would only log */
export async function synchronizeAccounts(dataDir: string): Promise<SyncOutcome> {
  const { ldap } = loadConfig({ dataDir }).config.auth
  const directory = createDirectory({ settings: ldap, searchPassword: process.env.LDAP_ADMIN_PASSWORD })
  const how = { intervalMs: 0, remove: ldap.syncRemove, clock, log: silentLog }
  try {
    return await withStore(dataDir, ({ users }) => createDirectorySync({ users, directory, ...how }).run())
  } catch (error) {
    if (!isDomainError(error, 'unavailable')) throw error
    const { reason = '', advice = '' } = error.details
    throw new UserError(`${error.message} (${reason}); ${advice}`)
  }
}
