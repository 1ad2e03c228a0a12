/** Signing in: a name and a password made a token (Accelerator tutorial 2024.1, JWT Token Allocation). */

import type { Clock } from '../base/clock.ts'
import { DomainError, isDomainError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { User } from '../store/store.ts'
import { isUserName } from './accounts.ts'
import type { Attempts } from './attempts.ts'
import type { Gate } from './gate.ts'
import { rolesAmong } from './level.ts'
import type { Provider } from './provider.ts'
import type { Tokens } from './token.ts'
import type { Verify } from './token-cache.ts'

export interface Credentials {
  username: string
  password: string
}

export interface SignIn {
  /** The account whose password that is. `address` is where the request came from. @throws unauthenticated, limited, unavailable */
  enter(credentials: Credentials, address: string): Promise<User>
  /** A token for it. @throws as `enter` */
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
  const enter: SignIn['enter'] = async (credentials, address) => {
    await parts.attempts.check(credentials.username, address)
    return authenticate(parts, credentials, address)
  }
  return {
    enter,
    async issue(credentials, address) {
      const user = await enter(credentials, address)
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
    const found = await firstOf(parts.providers, { username, password }).catch(async (error) => {
      // Else whoever guesses would have any number of tries while one provider is down.
      await attempts.fail(username, address)
      throw error
    })
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

/** @throws unavailable when no provider takes the password and one could not be asked */
async function firstOf(providers: readonly Provider[], { username, password }: Credentials): Promise<User | undefined> {
  let obstacle: unknown
  for (const provider of providers) {
    try {
      const user = await provider(username, password)
      if (user) return user
    } catch (error) {
      if (!isDomainError(error, 'unavailable')) throw error
      obstacle ??= error
    }
  }
  if (obstacle !== undefined) throw obstacle
  return undefined
}

async function until(clock: Clock, deadlineMs: number): Promise<void> {
  const leftMs = deadlineMs - clock.monotonicMs()
  if (leftMs > 0) await new Promise<void>((resolve) => clock.after(leftMs, resolve))
}
