/** The options of `vovbrowser`, alone and as `nc cmd vovbrowser`. */

import { Command } from 'commander'

export function browserCommand(): Command {
  return new Command('vovbrowser')
    .description('print the address of the queue (NC_URL, NC_QUEUE, or the data directory)')
    .option('--url <path>', 'with this path: /html/vovrest.html', '')
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride()
}
