/** The options of `vovbrowser`, alone and as `nc cmd vovbrowser`. */

import { Command } from 'commander'
import { HELP_ONLY } from './failure.ts'

export function browserCommand(): Command {
  return new Command('vovbrowser')
    .description('print the address of the queue (NC_URL, NC_QUEUE, or the data directory)')
    .option('--url <path>', 'with this path: /html/vovrest.html', '')
    .allowExcessArguments(false)
    .configureOutput(HELP_ONLY)
    .exitOverride()
}
