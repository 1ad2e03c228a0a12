/** `ngclient`: starts file workflows and watches them from a terminal. */

import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Why this stands before all imports, and where the cache is: see nc.ts.
const { HOME, XDG_CACHE_HOME } = process.env
if (HOME) enableCompileCache(join(XDG_CACHE_HOME || join(HOME, '.cache'), 'yardmaster'))
const { runProgram } = await import('./failure.ts')
const { main } = await import('./ngclient/main.ts')
await runProgram('ngclient', () => main(process.argv.slice(2)))
