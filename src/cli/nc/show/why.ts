/** `nc why`: what a queued job waits for, how a failed one ended. */

import { padId } from '../../../base/id.ts'
import { EXIT_OK, UsageError } from '../../failure.ts'
import { printable } from '../../terminal/text.ts'
import type { Subcommand } from '../subcommand.ts'
import { readId } from '../watch/wait.ts'

export const why: Subcommand = {
  name: 'why',
  summary: 'say why a job is where it is',
  words: 'ID…',
  async act({ words, options, session, screen }) {
    if (words.length === 0) throw new UsageError('which job? nc why ID…')
    const ids = words.map(readId)
    const signedIn = await session()
    const answers = []
    for (const idint of ids) {
      const id = padId(idint)
      const { rows = [] } = await signedIn.call<{ rows?: string[][] }>({ method: 'GET', path: `/jobs/${id}/why` })
      answers.push({ id, idint, why: rows.flat() })
    }
    if (options.json) screen.json(answers)
    else for (const { id, why: reasons } of answers) screen.print([`Job <${id}>`, ...reasons.map(indent)].join('\n'))
    return EXIT_OK
  },
}

function indent(reason: string): string {
  return `   ${printable(reason)}`
}
