/** `ngclient migrate`: data to the storage of the site, with or without a stub in its place. */

import { Command } from 'commander'
import { acting, type Invocation } from './invocation.ts'
import { addSubmitOptions, SITE_OPTION, type SubmitOptions, submit } from './submission.ts'

interface MigrateOptions extends SubmitOptions {
  premigrate?: boolean
}

export function migrateCommand(): Command {
  const command = new Command('migrate')
    .description('copy files to storage and leave stubs in their place')
    .argument('<paths...>', 'files and folders')
    .option(...SITE_OPTION)
    .option('-p, --premigrate', 'only copy; the files stay as they are')
  return acting(addSubmitOptions(command), (call: Invocation<MigrateOptions>, paths: string[]) =>
    submit(call, { workflow: call.options.premigrate ? 'premigrate' : 'migrate', paths }),
  )
}
