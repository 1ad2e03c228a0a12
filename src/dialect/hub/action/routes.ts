/** Actions of administrators that take a while; with a token alone (spec/hub.md 2.6). */

import type { Action, Actions } from '../../../engine/workflow/hub/actions.ts'
import { text } from '../body/field.ts'
import { readFields } from '../body/fields.ts'
import { type LinkTo, linksOf } from '../manners/address.ts'
import { send, sendCreated } from '../manners/answer.ts'
import { readId } from '../number.ts'
import type { Route } from '../route.ts'
import { actionSchema, startActionSchema } from './schema.ts'

const model = 'Action'
const ACTION = { action: text({ maxLength: 100 }) }

export function actionRoutes(actions: Actions): Route[] {
  return [
    {
      method: 'POST',
      path: '/actions/',
      schema: startActionSchema,
      fields: ACTION,
      opensFor: 'person',
      async handle(request, reply) {
        const started = await actions.start(request.caller, readFields(request, ACTION).action)
        return sendCreated(reply, showAction(started, linksOf(request)))
      },
    },
    {
      method: 'GET',
      path: '/actions/:id/',
      schema: actionSchema,
      model,
      opensFor: 'person',
      async handle(request, reply) {
        const action = await actions.get(request.caller, readId(request.params.id, model))
        return send(reply, showAction(action, linksOf(request)))
      },
    },
  ]
}

function showAction({ id, action, user, state, results }: Action, links: LinkTo) {
  return { url: links(`/actions/${id}/`), id, action, user, state: state.toUpperCase(), results }
}
