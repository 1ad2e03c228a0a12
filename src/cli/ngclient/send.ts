/** `ngclient send`: files of one site appear on another, by way of the storage that both see. */

import { Command } from 'commander'
import { acting, type Invocation } from './invocation.ts'
import { addSubmitOptions, type SubmitOptions, submit } from './submission.ts'

interface SendOptions extends SubmitOptions {
  source?: string
  target: string
  targetQueue?: string
  hydrate?: boolean
}

export function sendCommand(): Command {
  const command = new Command('send')
    .description('copy files to storage and make stubs of them on another site')
    .argument('<paths...>', 'files and folders')
    .option('-s, --source <name>', 'the site where the paths are (the only one)')
    .requiredOption('-t, --target <name>', 'the site where they are to appear')
    .option('--target-queue <name>', "that site's queue (default)")
    .option('--hydrate', 'with their data, not as stubs')
  return acting(addSubmitOptions(command), send)
}

function send(call: Invocation<SendOptions>, paths: string[]): Promise<number> {
  const { source, target, targetQueue, hydrate } = call.options
  const fields = { destinationsite: target, destinationqueue: targetQueue, hydrate }
  const options = source === undefined ? call.options : { ...call.options, site: source }
  return submit({ ...call, options }, { workflow: 'send', paths, fields })
}
