/** `nc`: submit, watch and steer jobs from a terminal. */

import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Compiled code is kept for the next start, which takes a third off it; in the person's own folder, since a cache that
// others could write to would run their code. What is imported before this line is not kept, so all else comes after it.
const { HOME, XDG_CACHE_HOME } = process.env
if (HOME) enableCompileCache(join(XDG_CACHE_HOME || join(HOME, '.cache'), 'yardmaster'))
const { runProgram } = await import('./failure.ts')
const { main } = await import('./nc/main.ts')
await runProgram('nc', () => main(process.argv.slice(2)))
