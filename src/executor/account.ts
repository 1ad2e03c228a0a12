/** The logins of a host, as far as a job needs them. */

import type { Identity } from '../workflow/task-order.ts'

export interface Account {
  name: string
  uid: number
  gid: number
  home: string
  shell: string
}

/** undefined for a name that the host does not know. */
export type FindAccount = (name: string) => Promise<Account | undefined>

/**
 * With whose rights a user's files are touched; null for the server's own.
 * @throws forbidden for a user who has no account on this host, unavailable while the host cannot say
 */
export type FindIdentity = (name: string) => Promise<Identity | null>
