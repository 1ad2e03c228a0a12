/** Definitions of workflows: listed, made, changed, removed (spec/hub.md 2.6, 4.1). */

import type { Workflows } from '../../../engine/workflow/workflows.ts'
import { showDefinition } from '../../../workflow/definition.ts'
import { DISCOVERIES, type Workflow } from '../../../workflow/workflow.ts'
import { anything, choice, dictionary, flag, list, nullable, optional, text } from '../body/field.ts'
import { readFields, readSome } from '../body/fields.ts'
import { type LinkTo, linksOf } from '../manners/address.ts'
import { send, sendCreated, sendNothing } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound } from '../manners/refused.ts'
import { readId } from '../number.ts'
import { flagOf, wordsOf } from '../query.ts'
import type { Asked, Route } from '../route.ts'
import {
  createWorkflowSchema,
  patchWorkflowSchema,
  removeWorkflowSchema,
  replaceWorkflowSchema,
  workflowSchema,
  workflowsSchema,
} from './schema.ts'

const model = 'Workflow'
const path = '/workflows/:id/'

/** What lists hold is said by the workflow's own reader. */
export const DEFINITION = {
  name: text({ maxLength: 100, form: /^[^\s/]+$/ }),
  label: text({ maxLength: 100 }),
  icon_classes: list(text({ maxLength: 1000 }), { mayBeEmpty: true }),
  discovery: optional(nullable(choice(DISCOVERIES))),
  discovery_options: optional(anything),
  enabled: optional(flag),
  visible: optional(flag),
  fields: list(dictionary(anything), { mayBeEmpty: true }),
  filter_rules: list(dictionary(anything)),
}

export function workflowRoutes(workflows: Workflows): Route[] {
  return [
    ...readRoutes(workflows),
    {
      method: 'POST',
      path: '/workflows/',
      schema: createWorkflowSchema,
      fields: DEFINITION,
      async handle(request, reply) {
        const made = await workflows.create(request.caller, readFields(request, DEFINITION))
        return sendCreated(reply, showWorkflow(made, linksOf(request)))
      },
    },
    {
      method: 'PUT',
      path,
      schema: replaceWorkflowSchema,
      fields: DEFINITION,
      model,
      handle: async (request, reply) =>
        send(reply, await change(workflows, request, { definition: readFields(request, DEFINITION), partial: false })),
    },
    {
      method: 'PATCH',
      path,
      schema: patchWorkflowSchema,
      model,
      handle: async (request, reply) =>
        send(reply, await change(workflows, request, { definition: readSome(request, DEFINITION), partial: true })),
    },
    {
      method: 'DELETE',
      path,
      schema: removeWorkflowSchema,
      model,
      async handle({ caller, params }, reply) {
        await workflows.remove(caller, readId(params.id, model))
        return sendNothing(reply)
      },
    },
  ]
}

function readRoutes(workflows: Workflows): Route[] {
  return [
    {
      method: 'GET',
      path: '/workflows/',
      schema: workflowsSchema,
      async handle(request, reply) {
        const { query } = request
        const [names, enabled, visible] = [wordsOf(query, 'name'), flagOf(query, 'enabled'), flagOf(query, 'visible')]
        const found = (await workflows.list()).filter(
          (workflow) =>
            (names.length === 0 || names.includes(workflow.name)) &&
            (enabled ?? workflow.enabled) === workflow.enabled &&
            (visible ?? workflow.visible) === workflow.visible,
        )
        const links = linksOf(request)
        return send(reply, await inMemoryPages(request, found, (workflow) => showWorkflow(workflow, links)))
      },
    },
    {
      method: 'GET',
      path,
      schema: workflowSchema,
      model,
      async handle(request, reply) {
        const id = readId(request.params.id, model)
        const workflow = (await workflows.list()).find((each) => each.id === id)
        if (!workflow) throw notFound(model)
        return send(reply, showWorkflow(workflow, linksOf(request)))
      },
    },
  ]
}

async function change(
  workflows: Workflows,
  request: Asked,
  { definition, partial }: { definition: unknown; partial: boolean },
): Promise<object> {
  const id = readId(request.params.id, model)
  return showWorkflow(await workflows.change(request.caller, id, definition, partial), linksOf(request))
}

function showWorkflow(workflow: Workflow, links: LinkTo) {
  const { id, builtIn } = workflow
  return { url: links(`/workflows/${id}/`), id, ...showDefinition(workflow), builtin: builtIn }
}
