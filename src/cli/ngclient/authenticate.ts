/** `ngclient authenticate`: makes a client key and keeps it. */

import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { EXIT_OK, UsageError, UserError } from '../failure.ts'
import { askPassword, readPasswordStdin } from '../terminal/password.ts'
import { findConfig, ownConfig, writeConfig } from './hub/config-file.ts'
import { addressOf, reach } from './hub/connect.ts'
import type { CommonOptions } from './hub/options.ts'
import { acting, type Invocation } from './invocation.ts'

interface AuthenticateOptions extends CommonOptions {
  username?: string
  token?: string
  keyName?: string
  passwordStdin?: boolean
}

/** The longest name of a key (spec/hub.md 3.2). */
const LONGEST_NAME = 50

export function authenticateCommand(): Command {
  const command = new Command('authenticate')
    .description('make a client key and write it, with the address of the hub, to the config file')
    .option('-u, --username <name>', 'sign in as this user; the password is asked for')
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .addOption(
      new Option('-T, --token <token>', 'use this access token; - reads it from standard input').conflicts([
        'username',
        'passwordStdin',
      ]),
    )
    .option('-k, --key-name <name>', "what the hub calls the key (ngclient and this machine's name)")
  return acting(command, authenticate)
}

async function authenticate({ options, env, screen }: Invocation<AuthenticateOptions>): Promise<number> {
  const { values } = await findConfig(options.config, env, true)
  // The machine's own file says where the hub is, but a person's key belongs into the person's.
  const file = options.config === undefined ? ownConfig(env) : resolve(options.config)
  const url = await addressOf(options, env, values.base_url)
  const token = await tokenFor(url, { options, env })
  const name = options.keyName ?? `ngclient ${hostname()}`.slice(0, LONGEST_NAME)
  const hub = await reach(url, `Bearer ${token}`, { options, env })
  const key = await hub.call<{ id: number; name: string; api_key: string }>({
    method: 'POST',
    path: 'auth/clientkeys/',
    body: { name },
  })
  await writeConfig(file, { base_url: url, client_key: key.api_key })
  if (options.json) screen.json({ url, id: key.id, name: key.name, file })
  else screen.message(`the client key "${key.name}" for ${url} is in ${file}`)
  return EXIT_OK
}

interface Asking {
  options: AuthenticateOptions
  env: Invocation['env']
}

async function tokenFor(url: string, { options, env }: Asking): Promise<string> {
  if (options.token === '-') return readPasswordStdin()
  if (options.token !== undefined) return options.token
  const { username } = options
  if (username === undefined) throw new UsageError('who are you? ngclient authenticate -u USER, or -T TOKEN')
  const password = options.passwordStdin
    ? await readPasswordStdin()
    : await askPassword(`Password of ${username} at ${url}: `)
  if (password === undefined) {
    throw new UserError('there is no terminal to ask for the password on; pipe it in with --password-stdin')
  }
  const hub = await reach(url, undefined, { options, env })
  const body = { username, password }
  return (await hub.call<{ access: string }>({ method: 'POST', path: 'auth/token/', body })).access
}
