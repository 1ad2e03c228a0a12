/** The logins of a host, as far as a job needs them. */

export interface Account {
  name: string
  uid: number
  home: string
  shell: string
}

/** undefined for a name that the host does not know. */
export type FindAccount = (name: string) => Promise<Account | undefined>
