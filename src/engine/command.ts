/** What a caller can ask of a job: the commands that every dialect reads its wire into. */

import type { JobRequest } from '../job/job.ts'

/**
 * A new job. Absent keys get the server's defaults; `logfile` may be relative to `rundir`; `snapshot` is the submission
 * environment itself, kept once by the store.
 */
export interface Submission
  extends Partial<
    Omit<JobRequest, 'user' | 'command' | 'commandLine' | 'rundir' | 'logfile' | 'env' | 'snapshot' | 'tool'>
  > {
  command: string
  rundir: string
  logfile: string
  env: string
  snapshot?: Readonly<Record<string, string>>
}

/** The verbs by which a person steers a job (vtk_job_control; `nc stop`, `suspend`, `resume`, `rerun`). */
export type Control =
  /** A queued job leaves the queue; a running one is signalled until it is gone. */
  | { action: 'stop'; signals?: readonly string[]; delayMs?: number; include?: string; exclude?: string }
  | { action: 'suspend'; signals?: readonly string[]; include?: string; exclude?: string }
  | { action: 'resume' }
  /** One signal, nothing else changes. */
  | { action: 'signal'; signals: readonly string[]; include?: string; exclude?: string }
  /** Queued (again); `first` puts it at the head of its bucket, `force` runs a finished one anew. */
  | { action: 'rerun'; force: boolean; first: boolean }
  | { action: 'dequeue' }

/** New values of what may be modified (`nc modify`, Restrictions and Consequences); `logfile` as in a submission. */
export type Changes = Partial<Omit<JobRequest, 'user' | 'commandLine' | 'snapshot' | 'tool'>>
