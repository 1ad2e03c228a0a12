/** The routes about jobs, described. */

import { bodyLike, example } from '../../../http/operation.ts'
import { describe, PAGING, pageOf } from '../schema.ts'
import { A_JOB, A_TASK } from './example.ts'
import { FILTERS } from './filter.ts'

const tag = 'jobs'
const ID = { id: 'The number of the job.' }

export const submitSchema = describe({
  tag,
  id: 'submitWorkflow',
  summary: 'Submit a workflow',
  about:
    'Needs `workflow`, `paths` and `site`. Without `discovery` the workflow has its own; `null` takes the paths as they are given. A path may be `{"path": …, "state": …}`.',
  body: bodyLike(
    'A workflow over paths of a site.',
    { paths: ['/mmfs1/data/sample_data.tgz'], site: 'dfoster1', workflow: 'migrate', discovery: null },
    { paths: ['/mmfs1/data/cars'], site: 'dfoster1', workflow: 'recall', fields: { lock_level: 'implicit' } },
  ),
  answers: { 201: example('The job.', A_JOB) },
  refusals: [403],
})

export const jobsSchema = describe({
  tag,
  id: 'listJobs',
  summary: 'Job List',
  about: '`stats` counts all jobs of the filter, not those of the page.',
  query: { ...FILTERS, ...PAGING },
  answers: {
    200: pageOf('Newest first.', A_JOB, {
      stats: {
        type: { migrate: 1, premigrate: 0, recall: 0 },
        state: { SUCCESS: 1, FAILURE: 0, STARTED: 0, PENDING: 0, ERROR: 0 },
        created: { '2026-11-21': 1 },
        site: { dfoster1: 1 },
      },
    }),
  },
  refusals: [400, 404],
})

export const jobSchema = describe({
  tag,
  id: 'getJob',
  summary: 'Job Instance',
  path: ID,
  answers: { 200: example('The job.', A_JOB) },
  refusals: [404],
})

export const patchJobSchema = describe({
  tag,
  id: 'changeJob',
  summary: 'Ask a job to be in another state',
  about: 'CANCELLED, PAUSED or STARTED; the same as the requests that are named after what they do.',
  path: ID,
  body: bodyLike('The state.', { state: 'CANCELLED' }),
  answers: { 200: example('The job.', { ...A_JOB, state: 'DEQUEUING' }) },
  refusals: [403, 404],
})

export const jobTasksSchema = describe({
  tag,
  id: 'listJobTasks',
  summary: 'Tasks of a job',
  path: ID,
  query: { state: 'PENDING, STARTED, SUCCESS, FAILURE, ERROR, SKIPPED, CANCELLED; may be repeated.', ...PAGING },
  answers: { 200: pageOf('Oldest first.', A_TASK) },
  refusals: [400, 404],
})

const SUMMARIES = {
  cancel: [
    'Cancel a job',
    'What has not begun is taken from the queue, what is in hand is given up; files stay whole.',
    'DEQUEUING',
  ],
  pause: ['Pause a job', 'What runs ends after the file in hand; the rest goes on when it is resumed.', 'PAUSING'],
  resume: ['Resume a paused job', 'It goes on where it stood.', 'STARTED'],
  resubmit: ['Submit again', 'A new job over the paths that failed, or over all where none did.', 'PENDING'],
} as const

export function actionSchema(action: keyof typeof SUMMARIES) {
  const [summary, about, state] = SUMMARIES[action]
  const status = action === 'resubmit' ? 201 : 200
  return describe({
    tag,
    id: `${action}Job`,
    summary,
    about,
    path: ID,
    answers: { [status]: example('The job.', { ...A_JOB, state }) },
    refusals: [400, 403, 404],
  })
}
