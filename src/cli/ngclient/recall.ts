/** `ngclient recall`: what was migrated comes back. */

import { Command } from 'commander'
import { acting, type Invocation } from './invocation.ts'
import { addSubmitOptions, SITE_OPTION, type SubmitOptions, submit } from './submission.ts'

export function recallCommand(): Command {
  const command = new Command('recall')
    .description('bring the data of stubs back from storage')
    .argument('<paths...>', 'files and folders')
    .option(...SITE_OPTION)
  return acting(addSubmitOptions(command), (call: Invocation<SubmitOptions>, paths: string[]) =>
    submit(call, { workflow: 'recall', paths }),
  )
}
