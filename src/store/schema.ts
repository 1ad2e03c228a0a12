/** The tables as Kysely sees them; `migrations/` makes them, `rows.ts` reads and writes them. */

import type { JobState } from '../job/job.ts'
import type { Monitoring, RecordState, Sharing } from '../job/record.ts'

export interface JobTable {
  id: number
  version: number
  state: JobState
  bucket: string
  rank: number
  submitted_at: number
  attempt: number
  reason: string

  user: string
  fair_group: string
  command: string
  command_line: string
  wrapper: string
  rundir: string
  logfile: string | null
  env: string
  snapshot: string | null
  resources: string
  priority: number
  xpriority: number
  jobname: string
  jobclass: string
  project: string
  set_name: string
  submit_host: string
  tool: string
  autokill_ms: number
  xdur_ms: number
  legal_exit: string
  umask: number
  autoforget: number
  keep_for_ms: number
  preemptable: number
  rerunnable: number
  /** JSON of mailuser, inputs, outputs, properties; null when all are empty. */
  details: string | null

  host: string | null
  started_at: number | null
  /** JSON of the amounts held. */
  held: string | null
  suspended_at: number | null
  suspended_ms: number

  ended_at: number | null
  cause: string | null
  exit_code: number | null
  signal: string | null
  cpu_ms: number | null
  max_ram_mb: number | null
}

export interface UserTable {
  name: string
  password_hash: string | null
  /** JSON list. */
  roles: string
  created_at: number
  revision: number
  full_name: string
  email: string
  /** JSON list. */
  projects: string
  source: string
}

export interface PreferenceTable {
  /** A user's name, also of one without an account. */
  account: string
  key: string
  value: string
}

export interface EnvironmentTable {
  hash: string
  /** JSON object of variables. */
  variables: string
}

export interface SettingTable {
  name: string
  value: string
}

export interface RecordTable {
  id: number
  job_id: number
  cluster: string
  started_at: number
  attempt: number
  origin: 'engine' | 'reported'
  state: RecordState
  monitoring: Monitoring
  duration_ms: number
  energy: number
  sub_cluster: string
  partition: string
  project: string
  user: string
  shared: Sharing
  num_nodes: number
  num_hwthreads: number
  num_acc: number
  smt: number
  array_job_id: number
  walltime_ms: number
  submitted_at: number
  requested_memory_mb: number
  /** JSON objects as the noun has them, null where that is null. */
  footprint: string | null
  energy_footprint: string | null
  /** JSON list; null when empty. */
  resources: string | null
  meta_data: string | null
  statistics: string | null
}

export interface TagTable {
  id: number
  type: string
  name: string
  scope: string
}

export interface RecordTagTable {
  record_id: number
  tag_id: number
}

export interface NodeReportTable {
  id: number
  cluster: string
  hostname: string
  at: number
  sub_cluster: string
  state: string
  health: string
  /** JSON of the missing and the stale; null when there are none. */
  unhealthy: string | null
  cpus_allocated: number
  memory_allocated_mb: number
  gpus_allocated: number
  jobs_running: number
}

export interface Schema {
  job: JobTable
  record: RecordTable
  tag: TagTable
  record_tag: RecordTagTable
  node_report: NodeReportTable
  preference: PreferenceTable
  account: UserTable
  environment: EnvironmentTable
  setting: SettingTable
}
