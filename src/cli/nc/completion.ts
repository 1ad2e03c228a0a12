/** `nc completion`: a script for the shell, made from the subcommands' own options. */

import { completionScript, type Described } from '../completion-script.ts'
import { EXIT_OK, UsageError } from '../failure.ts'
import { describe } from './command-line.ts'
import type { Subcommand } from './subcommand.ts'

/** All subcommands are handed over, itself among them. */
export function createCompletion(loadAll: () => Promise<Subcommand[]>): Subcommand {
  return {
    name: 'completion',
    summary: 'print a completion script: eval "$(nc completion bash)"',
    words: 'bash|zsh|fish',
    async act({ words: [shell], screen }) {
      const script = completionScript(shell ?? '', 'nc', (await loadAll()).map(describedOf))
      if (script === undefined) throw new UsageError('nc completion bash, zsh or fish')
      screen.print(script)
      return EXIT_OK
    },
  }
}

function describedOf(subcommand: Subcommand): Described {
  const options = describe(subcommand).options.filter(({ hidden }) => !hidden)
  return {
    name: subcommand.name,
    summary: subcommand.summary,
    options: options.map(({ short, long, description }) => ({
      // One dash, as VOV's users type them; both are understood.
      flag: (long ?? short ?? '').replace(/^--/, '-'),
      summary: description,
    })),
  }
}
