/** The routes about runs, described. */

import { bodyLike, example, noAnswer } from '../../../http/operation.ts'
import { describe, ID } from '../schema.ts'
import { A_JOB, A_METRIC, A_START } from './example.ts'

const JOB = example('The run as it is now.', A_JOB)
const META = { ...A_JOB, metaData: { jobName: 'ams_pipeline' } }
const CHANGE = [400, 401, 403, 404, 413, 422, 503] as const
const tag = 'jobs'
const KEY = { jobId: 123000, cluster: 'fritz', startTime: 1649723812 }

const LIST_QUERY = {
  state: 'One of the twelve states; may be repeated.',
  cluster: 'Exact name.',
  project: 'Exact name.',
  'start-time': '`FROM-TO` in unix seconds, both included.',
  'with-metadata': 'Its presence adds `metaData`.',
  user: 'Exact name; may be repeated.',
  jobId: "The scheduler's number; may be repeated.",
  arrayJobId: 'May be repeated.',
  subcluster: 'Exact name; may be repeated.',
  partition: 'Exact name; may be repeated.',
  duration: '`FROM-TO` in seconds.',
  'num-nodes': 'A number, or `FROM-TO`.',
  'num-hwthreads': 'A number, or `FROM-TO`.',
  'num-acc': 'A number, or `FROM-TO`.',
  host: 'Runs that had this host; `node` is the same.',
  tag: '`TYPE:NAME`; of several, all.',
  'job-name': 'A part of the name.',
  stat: '`NAME:FROM-TO` of the footprint: `cpu_load_avg:0-10`.',
  search: 'Text in job name, user or project, or a job number.',
  sort: 'Fields with commas between, `-` for descending: `-duration,user`, `footprint.cpu_load_avg`.',
}

export const listSchema = describe({
  tag,
  id: 'listJobs',
  summary: 'List runs, the newest first',
  about: '`items` is the size that was asked for. Parameters that are not listed here are refused.',
  query: {
    ...LIST_QUERY,
    page: 'From 1.',
    'items-per-page': 'From 1, without a limit; 25 where absent.',
    'with-total': '`true` adds `total`, how many there are.',
  },
  answers: { 200: example('One page.', { jobs: [A_JOB], items: 25, page: 1 }) },
  refusals: [400, 401, 503],
})

export const startSchema = describe({
  tag,
  id: 'startJob',
  summary: 'Report a run that has begun',
  about: '`exclusive` (0, 1, 2) of version 1.4 is understood as well as `shared`.',
  body: bodyLike('cluster, user, numNodes and resources are required.', A_START),
  answers: { 201: example('It is recorded.', { msg: 'success' }) },
  refusals: [400, 401, 403, 413, 422, 503],
})

export const stopSchema = describe({
  tag,
  id: 'stopJob',
  summary: 'Report the end of a run',
  body: bodyLike('Of several that fit the newest is meant.', {
    jobId: 123000,
    cluster: 'fritz',
    jobState: 'completed',
    stopTime: 1649728012,
  }),
  answers: { 200: JOB },
  refusals: CHANGE,
})

const WITH_DATA = { Meta: META, Data: { cpu_load: { node: A_METRIC } } }

export const jobSchema = describe({
  tag,
  id: 'getJob',
  summary: 'One run, with all its curves if wanted',
  path: ID,
  query: { 'all-metrics': '`true` adds the curves.' },
  answers: { 200: example('`Data` is null unless asked for.', WITH_DATA) },
  refusals: [400, 401, 422, 503],
})

export const jobMetricsSchema = describe({
  tag,
  id: 'getJobWithMetrics',
  summary: 'One run with some of its curves',
  path: ID,
  body: bodyLike('Names of metrics.', ['cpu_load', 'mem_used']),
  answers: {
    200: example('Curves at scope core for a run on one node, else at scope node.', {
      Meta: META,
      Data: [{ name: 'cpu_load', scope: 'node', metric: A_METRIC }],
    }),
  },
  refusals: [400, 401, 413, 422, 503],
})

export const curvesSchema = describe({
  tag,
  id: 'getMetrics',
  summary: 'Curves of a run',
  about: 'A run that is not there is answered with 200 and `error`, as cc-backend does.',
  path: ID,
  query: {
    metric: 'May be repeated; all where absent.',
    scope: 'node, socket, memoryDomain, core, hwthread or accelerator; may be repeated; node where absent.',
    points: 'About so many points a curve at most (largest triangle).',
  },
  answers: {
    200: example('The curves.', {
      data: { jobMetrics: [{ name: 'cpu_load', scope: 'node', metric: A_METRIC }] },
      error: null,
    }),
  },
  refusals: [400, 401, 503],
})

export const metaSchema = describe({
  tag,
  id: 'editMeta',
  summary: 'Set one key of the meta data',
  path: ID,
  body: bodyLike('The other keys stay.', { key: 'note', value: 'crashed twice' }),
  answers: { 200: example('The run with all its meta data.', META) },
  refusals: CHANGE,
})

export const keyedMetaSchema = describe({
  tag,
  id: 'editMetaByKey',
  summary: "Set one key of the meta data, by the scheduler's number",
  body: bodyLike('The other keys stay.', { ...KEY, payload: { key: 'note', value: 'crashed twice' } }),
  answers: { 200: example('The run with all its meta data.', META) },
  refusals: CHANGE,
})

const REMOVED = example('It is gone; the archive keeps what it has.', { msg: 'Successfully deleted job 7' })

export const removeByKeySchema = describe({
  tag,
  id: 'deleteJobByKey',
  summary: "Delete a run by the scheduler's number",
  body: bodyLike('Of several that fit the newest is meant.', KEY),
  answers: { 200: REMOVED },
  refusals: CHANGE,
})

export const removeSchema = describe({
  tag,
  id: 'deleteJob',
  summary: 'Delete a run',
  about: 'Also answered with 200 when there was none; `msg` says which.',
  path: ID,
  answers: { 200: REMOVED },
  refusals: [400, 401, 403, 503],
})

export const removeBeforeSchema = describe({
  tag,
  id: 'deleteJobsBefore',
  summary: 'Delete runs that began before a time',
  path: { ts: 'Unix seconds.' },
  query: { 'omit-tagged': '`all` spares the tagged, `user` those with a tag that a person gave, `none` nothing.' },
  answers: { 200: example('How many are gone.', { msg: 'Successfully deleted 7 jobs' }) },
  refusals: [400, 401, 403, 503],
})

export const usedNodesSchema = describe({
  tag,
  id: 'listUsedNodes',
  summary: 'Hosts on which runs are running',
  query: { ts: 'Unix seconds; only runs that began before.' },
  answers: { 200: example('Hosts by cluster.', { usedNodes: { fritz: ['f0726'] } }) },
  refusals: [400, 401, 403, 503],
})

export const exportSchema = (id: string, summary: string, path?: Record<string, string>) =>
  describe({
    tag: 'export',
    id,
    summary,
    ...(path ? { path } : { query: LIST_QUERY }),
    answers: { 200: noAnswer('The file, as it is made.') },
    refusals: [400, 401, 404, 503],
  })
