/** `ngclient run`: any workflow by its name, your own too. */

import { Command, Option } from 'commander'
import { readFields } from './field-words.ts'
import { findWorkflow } from './hub/workflow.ts'
import { acting, type Invocation } from './invocation.ts'
import {
  addSubmitOptions,
  DISCOVERY_WORDS,
  type DiscoveryWord,
  SITE_OPTION,
  type SubmitOptions,
  submit,
} from './submission.ts'

interface RunOptions extends SubmitOptions {
  discovery?: DiscoveryWord
  field?: string[]
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('start any workflow by its name')
    .argument('<workflow>', 'as "ngclient workflows list" has it')
    .argument('<paths...>', 'files and folders')
    .option(...SITE_OPTION)
    .option('--field <name=value>', 'a value that the workflow asks for; may be given again', many)
    .addOption(
      new Option('--discovery <way>', "how files are found below the paths; default is the workflow's own way")
        .choices(DISCOVERY_WORDS)
        .conflicts('recursive'),
    )
  return acting(addSubmitOptions(command), run)
}

function many(word: string, before: string[] = []): string[] {
  return [...before, word]
}

async function run(call: Invocation<RunOptions>, name: string, paths: string[]): Promise<number> {
  const { field = [], recursive, discovery = recursive ? 'recursive' : 'default' } = call.options
  const hub = await call.hub()
  const workflow = await findWorkflow(name, hub)
  const fields = readFields(field, workflow.fields)
  return submit({ ...call, hub: async () => hub }, { workflow: workflow.name, paths, discovery, fields })
}
