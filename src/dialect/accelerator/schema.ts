/** What the routes that are no tables take and answer: the same schemas validate requests and make the OpenAPI page. */

import type { FastifySchema } from 'fastify'
import Type from 'typebox'
import { CONTROL_KEYS } from './body/control.ts'
import { JOB_KEYS } from './body/job-keys.ts'
import { bodySchema, type Keys } from './body/key.ts'
import { MODIFY_KEYS } from './body/modify-keys.ts'
import { refusals } from './refusals.ts'

export const Id = Type.String({ description: 'The job ID, padded or not.', examples: ['1138'] })
export const JobParams = Type.Object({ id: Id })

const Standing = Type.Object(
  { jobid: Type.Integer(), id: Type.String(), status: Type.String(), statusnc: Type.String() },
  {
    description: 'Where the job stands now; what it was told may take a moment to happen.',
    examples: [{ jobid: 1138, id: '000001138', status: 'RETRACING', statusnc: 'Running' }],
  },
)

const EVERY_CHANGE = refusals(400, 401, 403, 404, 409, 415, 503)

export const TOKEN_KEYS: Keys = {
  username: { types: ['string'], must: 'the name of an account', about: 'Who signs in.', examples: ['alice'] },
  password: { types: ['string'], must: 'a text', about: 'The password of that account.', examples: ['secret'] },
  grant_type: { types: ['string'], must: 'a text', about: 'Of OAuth2; accepted without effect.' },
  scope: { types: ['string'], must: 'a text', about: 'Of OAuth2; accepted without effect.' },
  client_id: { types: ['string'], must: 'a text', about: 'Of OAuth2; accepted without effect.' },
  client_secret: { types: ['string'], must: 'a text', about: 'Of OAuth2; accepted without effect.' },
}

export const tokenSchema: FastifySchema = {
  tags: ['token'],
  operationId: 'createToken',
  summary: 'Allocate an access token',
  description: 'Takes a form or JSON. Send the token with every other request as `Authorization: Bearer TOKEN`.',
  security: [],
  consumes: ['application/x-www-form-urlencoded', 'application/json'],
  body: bodySchema(TOKEN_KEYS, ['username', 'password'], { additionalProperties: true }),
  response: {
    200: Type.Object(
      { token_type: Type.Literal('Bearer'), access_token: Type.String(), expires_in: Type.Integer() },
      {
        description: 'The token, and the seconds that it is valid.',
        examples: [{ token_type: 'Bearer', access_token: 'eyJhbGciOiJFZERTQSJ9...', expires_in: 14_400 }],
      },
    ),
    ...refusals(400, 401, 415, 429, 503),
  },
}

const SMALLEST_JOB = { command: 'sleep 60', logfile: 'JOBLOG.01', rundir: '/tmp', env: 'BASE' }

/** The template of the page: first what is required, then with what is often wanted. */
const JOB_TEMPLATES = {
  'the four required keys': { value: SMALLEST_JOB },
  'with options': {
    value: {
      ...SMALLEST_JOB,
      logfile: 'JOBLOG.02',
      'priority,sched': 'high',
      resources: 'CORES/1 RAM/500',
      autokill: '2h',
      jobname: 'nightly',
      setName: 'nightly',
      legalExit: '0 1',
      keepfor: '2d',
    },
  },
}

export const submitSchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'createJob',
  summary: 'Create job',
  description: 'Queues a job. Four keys are required; the others of the description (VOV_JOB_DESC) are below.',
  body: bodySchema(JOB_KEYS, ['command', 'logfile', 'rundir', 'env'], { 'x-examples': JOB_TEMPLATES }),
  response: {
    201: Type.Object(
      { jobid: Type.Integer(), ignored: Type.Optional(Type.Array(Type.String())) },
      { description: 'The job is queued. `ignored` names keys without effect here.', examples: [{ jobid: 45_080 }] },
    ),
    ...refusals(400, 401, 403, 409, 415, 503),
  },
}

export const controlSchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'controlJob',
  summary: 'Job Control',
  description: 'Stops, suspends, resumes, reruns, dequeues or signals a job.',
  params: JobParams,
  body: bodySchema(CONTROL_KEYS, ['action'], { examples: [{ action: 'STOP' }] }),
  response: { 200: Standing, ...EVERY_CHANGE },
}

export const modifySchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'modifyJob',
  summary: 'Modify job',
  description:
    'Gives keys new values. A new command, rundir or env makes a finished job Idle; new resources, group or class queue a waiting one anew.',
  params: JobParams,
  body: bodySchema(MODIFY_KEYS, [], { minProperties: 1, examples: [{ priority: 'high', autokill: '2h' }] }),
  response: { 200: Standing, ...EVERY_CHANGE },
}

export const forgetSchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'forgetJob',
  summary: 'Removes job from server memory',
  description: 'A running job is not forgotten: stop it first.',
  params: JobParams,
  response: {
    200: Type.Object(
      { jobid: Type.Integer(), id: Type.String(), forgotten: Type.Boolean() },
      { description: 'Nobody finds it any more.', examples: [{ jobid: 1138, id: '000001138', forgotten: true }] },
    ),
    ...refusals(400, 401, 403, 404, 409, 503),
  },
}

export const eventsSchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'watchJobs',
  summary: 'Changes of jobs as they happen',
  description:
    'Server-sent events: first where each job stands, then each change, a comment every 15 seconds. An extension of ours; it does not end by itself.',
  produces: ['text/event-stream'],
  querystring: Type.Object(
    { jobs: Type.String({ description: 'IDs with commas between, at most 1000.', examples: ['1138,1143'] }) },
    { additionalProperties: false },
  ),
  response: refusals(400, 401, 403, 404, 429),
}
