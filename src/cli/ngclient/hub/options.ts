/** The options that every subcommand of `ngclient` takes, and the variables beside them. */

export type Environment = Readonly<Record<string, string | undefined>>

/** The options that every subcommand takes. */
export interface CommonOptions {
  config?: string
  baseUrl?: string
  clientKey?: string
  insecure?: boolean
  json?: boolean
}
