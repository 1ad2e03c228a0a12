/** Signing in: a name and a password made a token (Accelerator tutorial 2024.1, JWT Token Allocation). */

import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { User } from '../store/store.ts'
import { isUserName } from './accounts.ts'
import type { Attempts } from './attempts.ts'
import type { Gate } from './gate.ts'
import { rolesAmong } from './level.ts'
import type { Provider } from './provider.ts'
import type { Tokens } from './token.ts'
import type { Verify } from './verifier.ts'

export interface Credentials {
  username: string
  password: string
}

export interface SignIn {
  /** `address` is where the request came from. @throws unauthenticated, limited, unavailable */
  issue(credentials: Credentials, address: string): Promise<{ token: string; expiresInSeconds: number }>
  verify: Verify
}

export interface SignInParts {
  /** Asked in turn. */
  providers: readonly Provider[]
  /** A wrong password is answered no sooner than this after its check began; 0 where all take equally long anyway. */
  failureFloorMs: number
  tokens: Tokens
  tokenLifetimeMs: number
  verify: Verify
  attempts: Attempts
  gate: Gate
  clock: Clock
  log: Logger
}

export function createSignIn(parts: SignInParts): SignIn {
  return {
    async issue(credentials, address) {
      await parts.attempts.check(credentials.username, address)
      const user = await authenticate(parts, credentials, address)
      const expiresAt = parts.clock.now() + parts.tokenLifetimeMs
      const token = await parts.tokens.sign({
        user: user.name,
        roles: rolesAmong(user.roles),
        revision: user.revision,
        expiresAt,
      })
      return { token, expiresInSeconds: Math.floor(parts.tokenLifetimeMs / 1000) }
    },
    verify: parts.verify,
  }
}

/** Checks the limits again behind the gate, where whoever came at the same moment has been counted. */
async function authenticate(parts: SignInParts, { username, password }: Credentials, address: string): Promise<User> {
  const { attempts, clock, gate, log } = parts
  let beganMs = 0
  const user = await gate.pass(async () => {
    beganMs = clock.monotonicMs()
    await attempts.check(username, address)
    const found = await firstOf(parts.providers, username, password)
    await (found ? attempts.succeed(username, address) : attempts.fail(username, address))
    return found
  })
  if (user) {
    log.info({ user: user.name, address }, 'signed in')
    return user
  }
  // What was typed where a name belongs may be a password.
  log.warn({ user: isUserName(username) ? username : null, address }, 'a sign-in failed')
  await until(clock, beganMs + parts.failureFloorMs)
  throw new DomainError('unauthenticated', 'wrong user name or password')
}

async function firstOf(providers: readonly Provider[], username: string, password: string): Promise<User | undefined> {
  for (const provider of providers) {
    const user = await provider(username, password)
    if (user) return user
  }
  return undefined
}

async function until(clock: Clock, deadlineMs: number): Promise<void> {
  const leftMs = deadlineMs - clock.monotonicMs()
  if (leftMs > 0) await new Promise<void>((resolve) => clock.after(leftMs, resolve))
}
