/** `ngclient workflows`: the definitions that the hub keeps. */

import { Command } from 'commander'
import { EXIT_OK, UsageError } from '../failure.ts'
import { isWhole, readDefinitionFile } from './definition-file.ts'
import type { CommonOptions } from './hub/options.ts'
import type { HubWorkflow } from './hub/workflow.ts'
import { acting, type Invocation } from './invocation.ts'

interface ListOptions extends CommonOptions {
  yaml?: boolean
}

export function workflowsCommand(): Command {
  const workflows = new Command('workflows').description('the workflows that the hub knows, and your own')
  acting(
    workflows
      .command('list [id]')
      .description('print them as JSON, one a line')
      .option('--yaml', 'print YAML, one document a workflow'),
    list,
  )
  acting(
    workflows.command('import <file>').description('add the workflow of a JSON or YAML file; - is standard input'),
    add,
  )
  acting(
    workflows
      .command('update <id> <file>')
      .description('change what the file names, or all of it if the file is whole'),
    update,
  )
  acting(workflows.command('delete <id>').description('remove one'), remove)
  return workflows
}

async function list({ hub, options, screen }: Invocation<ListOptions>, id?: string): Promise<number> {
  const reached = await hub()
  const show = options.yaml ? await yamlText() : (workflow: HubWorkflow) => JSON.stringify(workflow)
  if (id !== undefined) {
    screen.print(show(await reached.call<HubWorkflow>({ method: 'GET', path: pathOf(id) })))
    return EXIT_OK
  }
  for await (const workflow of reached.rows<HubWorkflow>('workflows/')) screen.print(show(workflow))
  return EXIT_OK
}

async function yamlText(): Promise<(workflow: HubWorkflow) => string> {
  const { stringify } = await import('yaml')
  return (workflow) => `---\n${stringify(workflow).trimEnd()}`
}

async function add(call: Invocation, file: string): Promise<number> {
  const definition = await readDefinitionFile(file)
  const workflow = await (await call.hub()).call<HubWorkflow>({ method: 'POST', path: 'workflows/', body: definition })
  return tell(call, workflow, `workflow ${workflow.name} is added with the id ${workflow.id}`)
}

async function update(call: Invocation, id: string, file: string): Promise<number> {
  const path = pathOf(id)
  const definition = await readDefinitionFile(file)
  const method = isWhole(definition) ? 'PUT' : 'PATCH'
  const workflow = await (await call.hub()).call<HubWorkflow>({ method, path, body: definition })
  return tell(call, workflow, `workflow ${workflow.name} is ${method === 'PUT' ? 'replaced' : 'changed'}`)
}

async function remove(call: Invocation, id: string): Promise<number> {
  const path = pathOf(id)
  await (await call.hub()).call({ method: 'DELETE', path })
  return tell(call, { id: Number(id) }, `workflow ${id} is deleted`)
}

function pathOf(id: string): string {
  if (!/^\d{1,15}$/.test(id))
    throw new UsageError(`"${id}" is no id of a workflow; "ngclient workflows list" shows them`)
  return `workflows/${id}/`
}

function tell({ options, screen }: Invocation, value: unknown, sentence: string): number {
  if (options.json) screen.json(value)
  else screen.print(sentence)
  return EXIT_OK
}
