/** `nc getfield`: values alone, for scripts. */

import { EXIT_OK, UsageError } from '../../failure.ts'
import { getField } from '../job-rows.ts'
import type { Subcommand } from '../subcommand.ts'
import { readId } from '../watch/wait.ts'

export const getfield: Subcommand = {
  name: 'getfield',
  summary: 'print fields of a job, one value a line',
  words: 'ID FIELD…',
  async act({ words: [word, ...fields], options, session, screen }) {
    if (word === undefined || fields.length === 0)
      throw new UsageError('nc getfield ID FIELD…, such as: 1138 statusnc exit')
    const id = readId(word)
    const signedIn = await session()
    const values: Record<string, string | number> = {}
    for (const field of fields) values[field] = await getField(signedIn, id, field)
    if (options.json) screen.json(values)
    else for (const field of fields) screen.print(String(values[field]))
    return EXIT_OK
  },
}
