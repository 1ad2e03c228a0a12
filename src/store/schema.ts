/** The tables as Kysely sees them; `migrations/` makes them, `rows.ts` reads and writes them. */

import type { JobState } from '../job/job.ts'

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

export interface Schema {
  job: JobTable
  account: UserTable
  environment: EnvironmentTable
  setting: SettingTable
}
