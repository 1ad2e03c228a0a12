/** The routes about definitions of workflows, described. */

import { bodyLike, example, noAnswer } from '../../../http/operation.ts'
import { describe, PAGING, pageOf } from '../schema.ts'

const tag = 'workflows'
const ID = { id: 'The number of the workflow.' }
const DEFINITION = {
  name: 'archive_movies',
  label: 'Archive movies',
  icon_classes: ['fa fa-film fa-stack-2x text-primary'],
  discovery: 'recursive',
  discovery_options: null,
  enabled: true,
  visible: true,
  fields: [
    { name: 'lock_level', label: 'Lock level', type: 'choice', choices: ['partial', 'none'], default: 'partial' },
  ],
  filter_rules: [
    {
      type: 'file',
      state: 'all',
      action: [{ name: 'dynamo.tasks.migrate', lock_level: '*lock_level' }],
      include: ['*.mov'],
    },
  ],
}
const SHOWN = { url: 'http://localhost:8000/api/workflows/7/', id: 7, ...DEFINITION, builtin: false }
const WHOLE = bodyLike('A definition, as JSON or YAML.', DEFINITION)

export const workflowsSchema = describe({
  tag,
  id: 'listWorkflows',
  summary: 'Workflow List',
  query: { name: 'Only of this name.', enabled: '`true` or `false`.', visible: '`true` or `false`.', ...PAGING },
  answers: { 200: pageOf('The built-in ones first.', SHOWN) },
  refusals: [404],
})

export const workflowSchema = describe({
  tag,
  id: 'getWorkflow',
  summary: 'Workflow Instance',
  path: ID,
  answers: { 200: example('The definition.', SHOWN) },
  refusals: [404],
})

export const createWorkflowSchema = describe({
  tag,
  id: 'createWorkflow',
  summary: 'Make a workflow',
  about: 'Needs name, label, icon_classes, filter_rules and fields.',
  body: WHOLE,
  answers: { 201: example('The definition.', SHOWN) },
  refusals: [403],
})

export const replaceWorkflowSchema = describe({
  tag,
  id: 'replaceWorkflow',
  summary: 'Replace a workflow',
  path: ID,
  body: WHOLE,
  answers: { 200: example('The definition.', SHOWN) },
  refusals: [403, 404],
})

export const patchWorkflowSchema = describe({
  tag,
  id: 'changeWorkflow',
  summary: 'Change keys of a workflow',
  about: '`fields` and `filter_rules` are replaced whole.',
  path: ID,
  body: bodyLike('The keys that change.', { enabled: false }),
  answers: { 200: example('The definition.', { ...SHOWN, enabled: false }) },
  refusals: [403, 404],
})

export const removeWorkflowSchema = describe({
  tag,
  id: 'removeWorkflow',
  summary: 'Remove a workflow',
  about: 'A built-in one can be disabled, not removed.',
  path: ID,
  answers: { 204: noAnswer('It is removed.') },
  refusals: [403, 404, 409],
})
