/** What can be done to jobs: submit, control, modify, forget. */

import type { FastifyInstance, preValidationHookHandler } from 'fastify'
import type { Engine } from '../../engine/engine.ts'
import { CONTROL_KEYS, readControl } from './body/control.ts'
import { JOB_KEYS } from './body/job-keys.ts'
import { withoutBlanks } from './body/key.ts'
import { MODIFY_KEYS, UNCHANGEABLE } from './body/modify-keys.ts'
import { type Body, ignoredKeys, readChanges, readJobId, readSubmission } from './read.ts'
import { controlSchema, forgetSchema, modifySchema, submitSchema } from './schema.ts'
import { showForgotten, showStanding, showSubmitted } from './show.ts'

interface Id {
  Params: { id: string }
}

const preValidation: preValidationHookHandler = (request, _reply, done) => {
  request.body = withoutBlanks(request.body)
  done()
}

const SUBMIT = { schema: submitSchema, preValidation, config: { bodyKeys: JOB_KEYS } }
const CONTROL = { schema: controlSchema, preValidation, config: { bodyKeys: CONTROL_KEYS } }
const MODIFY = { schema: modifySchema, preValidation, config: { bodyKeys: MODIFY_KEYS, refusedKeys: UNCHANGEABLE } }

export function jobRoutes(scope: FastifyInstance, { jobs }: Pick<Engine, 'jobs'>): void {
  scope.post<{ Body: Body }>('/jobs', SUBMIT, async ({ caller, body }, reply) => {
    const job = await jobs.submit(caller, readSubmission(body, caller.user))
    reply.code(201)
    return showSubmitted(job, ignoredKeys(body))
  })

  scope.put<Id & { Body: Body }>('/jobs/:id', CONTROL, async ({ caller, params, body }) =>
    showStanding(await jobs.control(caller, readJobId(params.id), readControl(body))),
  )

  scope.patch<Id & { Body: Body }>('/jobs/:id', MODIFY, async ({ caller, params, body }) => {
    const { id, request } = await jobs.get(caller, readJobId(params.id))
    return showStanding(await jobs.modify(caller, id, readChanges(body, request.user)))
  })

  scope.delete<Id>('/jobs/:id', { schema: forgetSchema }, async ({ caller, params }) => {
    const id = readJobId(params.id)
    await jobs.forget(caller, id)
    return showForgotten(id)
  })
}
