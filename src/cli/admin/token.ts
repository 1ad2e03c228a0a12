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
    .option('--ttl <time>', 'how long it is good: 1h, 30d', '1h')
    .option('--json', 'print JSON')
    .action(printToken)
}

async function printToken(name: string, options: TokenOptions): Promise<void> {
  const lifetimeMs = parseTimespec(options.ttl, '--ttl')
  const grant = { name, lifetimeMs, ...(options.role && { roles: options.role }) }
  const { token, expiresAt } = await grantToken(dataDirFor(options), grant)
  process.stdout.write(options.json ? `${JSON.stringify({ token, name, expiresAt })}\n` : `${token}\n`)
}
