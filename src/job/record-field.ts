/** What records can be filtered and sorted by. */

export const RECORD_FIELDS = [
  'id',
  'jobId',
  'arrayJobId',
  'cluster',
  'subCluster',
  'partition',
  'project',
  'user',
  'shared',
  'state',
  'monitoring',
  'origin',
  'numNodes',
  'numHwthreads',
  'numAcc',
  'startedAt',
  'walltimeMs',
  /** Also of runs that are not over. */
  'durationMs',
  'energy',
  /** `jobName` of the meta data, '' without one. */
  'jobName',
  /** Any of the hosts; set-valued, so that `not` means none of them. */
  'host',
  /** Any of the tags, as `TYPE:NAME`; set-valued. */
  'tag',
] as const

/** A field, or one value of the footprint: `footprint.cpu_load_avg`. */
export type RecordField = (typeof RECORD_FIELDS)[number] | `footprint.${string}`
