/** A site as it is set up: a name, roots that nothing leaves, targets, queues. Pure data. */

export interface Target {
  name: string
  storage: { kind: 'disk'; path: string } | { kind: 's3'; bucket: string; prefix: string }
  s3: { endpoint: string | null; region: string; credentialsFile: string | null; pathStyle: boolean }
  /** Which paths go there: below this folder of the site ('' for all); the rest of the path is the object's key. */
  below: string
}

export interface SiteQueue {
  name: string
  /** How many tasks of one lane run at a time. */
  threads: number
}

export interface Site {
  /** Position in the settings, from 1: the API's id. */
  id: number
  name: string
  /** Absolute, real paths; nothing outside is touched. */
  roots: readonly string[]
  targets: readonly Target[]
  /** `default` is always there. */
  queues: readonly SiteQueue[]
  /** Bytes a second over all targets; 0 for no limit. */
  bandwidthBytes: number
  /** How the hash of a file is made: fast, or of use to others too. */
  hash: 'xxh3' | 'blake3' | 'sha256'
}
