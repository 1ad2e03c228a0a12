/** `yardmaster token`: a token for a program, made without a password by whoever owns the data directory. */

import { Command } from 'commander'
import { parseTimespec } from '../../base/timespec.ts'
import { DATA_OPTION, dataDirFor } from './data-directory.ts'
import { grantToken } from './grant.ts'

interface TokenOptions {
  data?: string
  role?: string[]
  ttl: string
  json?: boolean
}

export function tokenCommand(): Command {
  const many = (value: string, before: string[] = []) => [...before, value]
  return new Command('token')
    .description('print a token of an account: for programs, and for authorizeWithKey of vov_rest_v3.py')
    .argument('<name>', 'the account')
    .option(...DATA_OPTION)
    .option('--role <role>', 'only this role of the account; may be given again (all)', many)
    .option(
      '--ttl <time>',
      'how long it is good: 1h, 30d; 0 for as long as cockpit.jwt_max_age says, or for ever',
      '1h',
    )
    .option('--json', 'print JSON')
    .action(printToken)
}

async function printToken(name: string, options: TokenOptions): Promise<void> {
  const grant = { name, lifetimeMs: await lifetimeOf(options), ...(options.role && { roles: options.role }) }
  const { token, expiresAt } = await grantToken(dataDirFor(options), grant)
  process.stdout.write(options.json ? `${JSON.stringify({ token, name, expiresAt })}\n` : `${token}\n`)
}

/** A token without an end is good until its account changes: another password, other roles, removed. */
async function lifetimeOf({ ttl, data }: TokenOptions): Promise<number> {
  const writtenMs = parseTimespec(ttl, '--ttl')
  if (writtenMs > 0) return writtenMs
  // Loaded only now, since most tokens have a time of their own.
  const { loadConfig } = await import('../../config.ts')
  const { jwtMaxAgeMs } = loadConfig({ dataDir: dataDirFor(data === undefined ? {} : { data }) }).config.cockpit
  return jwtMaxAgeMs > 0 ? jwtMaxAgeMs : Number.POSITIVE_INFINITY
}
