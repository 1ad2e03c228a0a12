/** What every subcommand of `ngclient` takes, and what it is handed. */

import type { Command } from 'commander'
import { type Clock, systemClock } from '../../base/clock.ts'
import { createScreen, type Screen } from '../terminal/screen.ts'
import { connect } from './hub/connect.ts'
import type { Hub } from './hub/hub.ts'
import type { CommonOptions, Environment } from './hub/options.ts'

export interface Invocation<Options extends CommonOptions = CommonOptions> {
  options: Options
  env: Environment
  cwd: string
  clock: Clock
  screen: Screen
  /** The hub with the key of whoever calls. @throws UserError where there is no key */
  hub(): Promise<Hub>
}

type Act<Options extends CommonOptions, Words extends readonly unknown[]> = (
  call: Invocation<Options>,
  ...words: Words
) => Promise<number>

/** Adds the common options, and what is done; the answer of that is the exit code. */
export function acting<Options extends CommonOptions, Words extends readonly unknown[]>(
  command: Command,
  act: Act<Options, Words>,
): Command {
  return command
    .option('-c, --config <file>', 'where address and key stand, instead of ~/.config/ngenea/ngenea-client.conf')
    .option('--base-url <url>', 'the address of the hub (NGCLIENT_BASE_URL)')
    .option('--client-key <key>', 'the key to call with (NGCLIENT_KEY)')
    .option('--insecure', 'accept any certificate (NGCLIENT_INSECURE=1)')
    .option('--json', 'print JSON instead of text for people')
    .action(async () => {
      // Commander made them of the words that the command declares.
      process.exitCode = await act(
        invocationOf(command.opts<Options>()),
        ...(command.processedArgs as unknown as Words),
      )
    })
}

function invocationOf<Options extends CommonOptions>(options: Options): Invocation<Options> {
  const { env } = process
  const screen = createScreen('ngclient', env)
  const hub = () => connect(options, env)
  return { options, env, cwd: process.cwd(), clock: systemClock, screen, hub }
}
