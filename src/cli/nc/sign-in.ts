/** `nc login` and `nc logout`. */

import { configDirOf } from '../client/queue.ts'
import { createTokenFile } from '../client/token-file.ts'
import { EXIT_OK, UsageError } from '../failure.ts'
import { readPasswordStdin } from '../terminal/password.ts'
import { accountName, connect } from './connect.ts'
import type { Subcommand } from './subcommand.ts'

export const login: Subcommand = {
  name: 'login',
  summary: 'sign in and keep the token in ~/.config/yardmaster',
  words: '[USER]',
  define: (command) => command.option('--password-stdin', 'read the password from standard input'),
  async act({ words, options, env, screen }) {
    if (words.length > 1) throw new UsageError('nc login takes one user name at most')
    // Who signed in last does not take the place of who is meant now.
    const user = words[0] ?? options.user ?? env.NC_USER ?? accountName(env)
    const password = options.passwordStdin ? readPasswordStdin : undefined
    const session = await connect({ options: { ...options, user }, env, ...(password && { password }) })
    await session.signIn()
    if (options.json) screen.json({ url: session.url, user: session.user })
    else screen.message(`signed in at ${session.url} as ${session.user}`)
    return EXIT_OK
  },
}

export const logout: Subcommand = {
  name: 'logout',
  summary: 'forget the kept token; it stays good until it expires by itself',
  words: '',
  async act({ options, env, url, screen }) {
    const address = await url()
    const tokens = createTokenFile(configDirOf(env))
    const user = options.user ?? env.NC_USER ?? (await tokens.userAt(address)) ?? accountName(env)
    const was = await tokens.drop(address, user)
    if (options.json) screen.json({ url: address, user, signedOut: was })
    else screen.message(was ? `signed out at ${address} as ${user}` : `${user} was not signed in at ${address}`)
    return EXIT_OK
  },
}
