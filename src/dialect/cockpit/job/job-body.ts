/** The bodies about runs, with the fields and Go types of cc-lib's `schema.Job` and cc-backend's requests. */

import { anything, float, int, int32, int64, list, map, object, type ReadBy, text } from '../body/shape.ts'
import { JOB_TAG } from '../tag/tag-body.ts'

export const RESOURCE = object('schema.Resource', {
  hostname: text,
  hwthreads: list(int),
  accelerators: list(text),
  configuration: text,
})

/** What 1.5 has, and `exclusive` of 1.4 (spec/cockpit.md 1.15); the end of a run, its statistics and our own numbers are taken and not used. */
export const JOB_BODY = object('schema.Job', {
  cluster: text,
  subCluster: text,
  partition: text,
  project: text,
  user: text,
  shared: text,
  exclusive: int32,
  jobState: text,
  tags: list(JOB_TAG),
  resources: list(RESOURCE),
  energyFootprint: map(float),
  footprint: map(float),
  metaData: map(text),
  concurrentJobs: anything,
  energy: float,
  arrayJobId: int64,
  walltime: int64,
  jobId: int64,
  duration: int32,
  smt: int32,
  monitoringStatus: int32,
  numAcc: int32,
  numHwthreads: int32,
  numNodes: int32,
  statistics: anything,
  id: int64,
  submitTime: int64,
  requestedMemory: int64,
  startTime: int64,
})
export type JobBody = ReadBy<typeof JOB_BODY>

export const STOP_BODY = object('api.StopJobAPIRequest', {
  jobId: int64,
  cluster: text,
  startTime: int64,
  jobState: text,
  stopTime: int64,
})
export type StopBody = ReadBy<typeof STOP_BODY>

export const KEY_BODY = object('api.DeleteJobAPIRequest', { jobId: int64, cluster: text, startTime: int64 })
export type KeyBody = ReadBy<typeof KEY_BODY>

const META = { key: text, value: text }
export const META_BODY = object('api.EditMetaRequest', META)
export const KEYED_META_BODY = object('api.JobMetaRequest', {
  jobId: int64,
  cluster: text,
  startTime: int64,
  payload: object('api.EditMetaRequest', META),
})

/** The metrics that `POST /jobs/{id}` asks for. */
export const METRICS_BODY = list(text, 'api.GetJobAPIRequest')
