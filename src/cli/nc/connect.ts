/** From options and environment to a session: which server, which user, which certificates, which password. */

import { userInfo } from 'node:os'
import { systemClock } from '../../base/clock.ts'
import { createHttpClient } from '../client/http-client.ts'
import { localToken } from '../client/local-token.ts'
import { configDirOf, findQueue } from '../client/queue.ts'
import { Session, type SessionParts } from '../client/session.ts'
import { createTokenFile } from '../client/token-file.ts'
import { trustFor } from '../client/trust.ts'
import { askPassword, readPasswordFile } from '../terminal/password.ts'
import type { CommonOptions, Environment } from './subcommand.ts'

export interface Connecting {
  options: CommonOptions
  env: Environment
  /** Instead of asking on the terminal. */
  password?: () => Promise<string>
}

export async function connect({ options, env, password }: Connecting): Promise<Session> {
  const url = await findQueue({ url: options.url, queue: options.queue, env })
  const tokens = createTokenFile(configDirOf(env))
  const user = options.user ?? env.NC_USER ?? (await tokens.userAt(url)) ?? accountName(env)
  const insecure = options.insecure === true || /^(1|true|yes)$/i.test(env.NC_INSECURE ?? '')
  const http = createHttpClient(await trustFor(url, insecure, env))
  const credentials = waysIn({ url, user, env, password })
  return new Session({ url, user, http, tokens, credentials, now: systemClock.now })
}

/** The account that a person works as; $USER comes first, as in the tutorial's programs. */
export function accountName(env: Environment): string {
  return env.USER || userInfo().username
}

interface WaysIn {
  url: string
  user: string
  env: Environment
  password: Connecting['password']
}

/** A password that is given is tried once; one that is typed may be mistyped. */
function waysIn(asked: WaysIn): SessionParts['credentials'] {
  const { password, env } = asked
  if (password) return once(password)
  const { NC_PASSWORD_FILE: file } = env
  if (file) return once(() => readPasswordFile(file))
  return async (attempt) => (attempt === 1 ? await localToken(asked) : undefined) ?? typedPassword(asked, attempt)
}

function once(password: () => Promise<string>): SessionParts['credentials'] {
  return async (attempt) => (attempt === 1 ? { password: await password() } : undefined)
}

async function typedPassword({ user, url }: WaysIn, attempt: number): Promise<{ password: string } | undefined> {
  const again = attempt > 1 ? 'That was not it. ' : ''
  const password = await askPassword(`${again}Password of ${user} at ${url}: `)
  return password === undefined ? undefined : { password }
}
