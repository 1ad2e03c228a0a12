/** `vovbrowser [-url PATH]`: prints the address of the queue. */

import { normalise, optionsOf } from './arguments.ts'
import { browserCommand } from './browser-command.ts'
import { findQueue } from './client/queue.ts'
import { EXIT_OK, runProgram } from './failure.ts'

/** The address with a path; without one, as short as the tutorial prints it: `http://myhost:6330`. */
await runProgram('vovbrowser', async () => {
  const command = browserCommand()
  const words = normalise(process.argv.slice(2), { options: optionsOf(command), commandFollows: false })
  command.parse(words, { from: 'user' })
  const address = new URL(command.opts<{ url: string }>().url, `${await findQueue({ env: process.env })}/`)
  process.stdout.write(`${address.href.replace(/\/$/, '')}\n`)
  return EXIT_OK
})
