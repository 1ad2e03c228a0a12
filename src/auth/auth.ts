/** Signing in and accounts put together, from the settings; what can be changed while the server runs is read again. */

import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { SettingStore, UserStore } from '../store/store.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { type AttemptLimits, createAttempts } from './attempts.ts'
import type { Level } from './caller.ts'
import { createGate, type Gate } from './gate.ts'
import { createLevels, type LevelRule, rolesAmong } from './level.ts'
import { createLinuxAccounts, type LinuxAccounts } from './linux-account.ts'
import { createPasswords, type Passwords } from './password.ts'
import { linuxProvider, localProvider, type Provider } from './provider.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createTokens, type Tokens } from './token.ts'
import { loadTokenKey, type TokenKeyVariables } from './token-key.ts'
import { createVerifier } from './verifier.ts'

export interface AuthSettings {
  providers: readonly ('local' | 'linux')[]
  tokenLifetimeMs: number
  attempts: AttemptLimits
  levelRules: readonly LevelRule[]
}

export interface AuthParts {
  users: UserStore
  settings: SettingStore
  /** The account that this process runs as. */
  own: { name: string; uid: number }
  /** Where JWT_PRIVATE_KEY and JWT_PUBLIC_KEY may stand. */
  env: TokenKeyVariables
  clock: Clock
  log: Logger
}

export interface Auth {
  /** Stays the same object over `reread`. */
  signIn: SignIn
  accounts: Accounts
  /** Everybody with an account, for `from=users`. */
  listUsers(): Promise<{ name: string; level: Level }[]>
  /** Providers, limits and levels are from now on as these say; failures counted so far are forgotten. */
  reread(settings: AuthSettings): void
  /** What the administrator should know, as sentences. */
  warnings(): string[]
}

/** What stays over a reread. */
interface Steady extends AuthParts {
  tokens: Tokens
  passwords: Passwords
  linux: LinuxAccounts
  gate: Gate
}

const SIGN_INS = { atOnce: 2, waiting: 256 }
/** Longer than a host takes to refuse a password, so that an account which it does not know is not refused sooner. */
const LINUX_FAILURE_FLOOR_MS = 500

/** @throws invalid for a token key that cannot be used */
export async function createAuth(parts: AuthParts, settings: AuthSettings): Promise<Auth> {
  const tokens = createTokens(await loadTokenKey(parts.settings, parts.env), parts.clock)
  const linux = createLinuxAccounts({ own: parts.own })
  const steady = { ...parts, tokens, linux, passwords: createPasswords(), gate: createGate(SIGN_INS) }
  let present = arrange(steady, settings)
  return {
    signIn: {
      issue: (credentials, address) => present.signIn.issue(credentials, address),
      verify: (token) => present.signIn.verify(token),
    },
    accounts: createAccounts(steady),
    async listUsers() {
      const users = await parts.users.list()
      return users.map(({ name, roles }) => ({ name, level: present.levelFor(name, rolesAmong(roles)) }))
    },
    reread(changed) {
      present = arrange(steady, changed)
    },
    warnings: () => present.warnings,
  }
}

function arrange(steady: Steady, { providers, tokenLifetimeMs, attempts, levelRules }: AuthSettings) {
  const { users, passwords, linux, own, clock } = steady
  const levelFor = createLevels(levelRules)
  const known: Readonly<Record<AuthSettings['providers'][number], Provider>> = {
    local: localProvider(users, passwords),
    linux: linuxProvider({ users, accounts: linux, ownName: own.name, clock }),
  }
  const obstacle = providers.includes('linux') ? linux.obstacle() : null
  const signIn = createSignIn({
    ...steady,
    providers: providers.map((name) => known[name]),
    failureFloorMs: providers.includes('linux') ? LINUX_FAILURE_FLOOR_MS : 0,
    tokenLifetimeMs,
    verify: createVerifier({ ...steady, levelFor }),
    attempts: createAttempts(attempts),
  })
  return { signIn, levelFor, warnings: obstacle === null ? [] : [obstacle] }
}
