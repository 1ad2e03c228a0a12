/** What the settings make of signing in: built anew whenever they are read again. */

import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { SettingStore, UserStore } from '../store/store.ts'
import type { ClientKeyStore } from '../store/workflow-store.ts'
import { createAllowList } from './allow-list.ts'
import { type AttemptLimits, createAttempts } from './attempts.ts'
import { type Bearer, createBearer } from './bearer/bearer.ts'
import { type Browser, createBrowser } from './browser/browser.ts'
import type { ClosedSessions } from './browser/closed-sessions.ts'
import { createSessions } from './browser/session.ts'
import { type AddressOf, createAddressOf } from './client-address.ts'
import type { Gate } from './gate.ts'
import { createHubAuth, type HubAuth } from './hub/hub-auth.ts'
import { createDirectory, type Directory, type DirectorySettings } from './ldap/directory.ts'
import { createDirectorySync, type DirectorySync } from './ldap/directory-sync.ts'
import { ldapProvider } from './ldap/ldap-provider.ts'
import { createLevels, type LevelFor, type LevelRule } from './level.ts'
import type { LinuxAccounts } from './linux-account.ts'
import { createOpenId, type OpenId } from './oidc/open-id.ts'
import type { Passwords } from './password.ts'
import { linuxProvider, localProvider, type Provider } from './provider.ts'
import { createSeal } from './seal.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import type { Tokens } from './token.ts'
import type { TokenKey, TokenKeyVariables } from './token-key.ts'
import { createVerifier } from './verifier.ts'

export interface AuthSettings {
  auth: {
    providers: readonly ('local' | 'linux' | 'ldap')[]
    tokenLifetimeMs: number
    attempts: AttemptLimits
    levelRules: readonly LevelRule[]
    ldap: DirectorySettings & { syncIntervalMs: number; syncRemove: boolean }
    oidc: { provider: string | null; addUsers: boolean }
  }
  cockpit: {
    /** Addresses or CIDR ranges; `*` is everybody. */
    allow: readonly string[]
    trustedProxies: readonly string[]
    /** 0 for tokens without an end. */
    jwtMaxAgeMs: number
    validateUser: boolean
    sessionMaxAgeMs: number
  }
}

export interface SecretVariables {
  /** Of `ldap.search_dn`. */
  LDAP_ADMIN_PASSWORD?: string | undefined
  OID_CLIENT_ID?: string | undefined
  OID_CLIENT_SECRET?: string | undefined
}

export interface AuthParts {
  users: UserStore
  settings: SettingStore
  clientKeys: ClientKeyStore
  /** The account that this process runs as. */
  own: { name: string; uid: number }
  /** Where keys and secrets may stand: JWT_PRIVATE_KEY, JWT_PUBLIC_KEY and what `SecretVariables` names. */
  env: TokenKeyVariables & SecretVariables
  clock: Clock
  log: Logger
}

/** What stays when the settings change. */
export interface Steady extends AuthParts {
  key: TokenKey
  tokens: Tokens
  passwords: Passwords
  linux: LinuxAccounts
  gate: Gate
  closed: ClosedSessions
}

/** Who may knock at `/api`, by where he comes from. */
export interface Door {
  addressOf: AddressOf
  /** Whether what it says of a client is believed. */
  isProxy(address: string): boolean
  /** Whether `cockpit.allow` has the client's address. */
  allows(address: string): boolean
}

export interface Arrangement {
  signIn: SignIn
  bearer: Bearer
  browser: Browser
  hub: HubAuth
  door: Door
  /** Null where no directory is asked. */
  sync: DirectorySync | null
  levelFor: LevelFor
  warnings: string[]
}

/** Longer than a host or a directory takes to refuse a password, so that an account which it does not know is not refused sooner. */
const FAILURE_FLOOR_MS = 500

/** @throws invalid for a directory or addresses that cannot be */
export function arrange(steady: Steady, { auth, cockpit }: AuthSettings): Arrangement {
  const { users, clock } = steady
  const levelFor = createLevels(auth.levelRules)
  const directory = auth.providers.includes('ldap') ? directoryOf(steady, auth.ldap) : null
  const bearer = createBearer({ ...steady, ...cockpit, levelFor })
  const signIn = signInOf(steady, auth, { directory, levelFor })
  const sessions = createSessions({
    ...steady,
    seal: createSeal(steady.key, 'session', clock),
    levelFor,
    maxAgeMs: cockpit.sessionMaxAgeMs,
  })
  const openId = openIdOf(steady, auth.oidc)
  const { syncIntervalMs: intervalMs, syncRemove: remove } = auth.ldap
  return {
    signIn,
    bearer,
    browser: createBrowser({ ...steady, ...cockpit, signIn, bearer, sessions, openId }),
    hub: createHubAuth({ ...steady, signIn, levelFor }),
    door: {
      addressOf: createAddressOf(cockpit.trustedProxies),
      isProxy: createAllowList(cockpit.trustedProxies).has,
      allows: createAllowList(cockpit.allow).has,
    },
    sync: directory && createDirectorySync({ users, directory, intervalMs, remove, clock, log: steady.log }),
    levelFor,
    warnings: surprises(steady, auth),
  }
}

function signInOf(
  steady: Steady,
  { providers, tokenLifetimeMs, attempts }: AuthSettings['auth'],
  { directory, levelFor }: { directory: Directory | null; levelFor: LevelFor },
): SignIn {
  const { users, passwords, linux, own, clock } = steady
  const known: Readonly<Record<(typeof providers)[number], Provider>> = {
    local: localProvider(users, passwords),
    linux: linuxProvider({ users, accounts: linux, ownName: own.name, clock }),
    ldap: directory ? ldapProvider({ users, directory, clock }) : async () => undefined,
  }
  return createSignIn({
    ...steady,
    providers: providers.map((name) => known[name]),
    failureFloorMs: providers.some((name) => name !== 'local') ? FAILURE_FLOOR_MS : 0,
    tokenLifetimeMs,
    verify: createVerifier({ ...steady, levelFor }),
    attempts: createAttempts(attempts),
  })
}

function directoryOf({ env }: Steady, settings: DirectorySettings): Directory {
  return createDirectory({ settings, searchPassword: env.LDAP_ADMIN_PASSWORD })
}

function openIdOf(steady: Steady, { provider, addUsers }: AuthSettings['auth']['oidc']): OpenId | null {
  const { OID_CLIENT_ID: clientId, OID_CLIENT_SECRET: clientSecret } = steady.env
  if (provider === null || !clientId) return null
  const seal = createSeal(steady.key, 'openid', steady.clock)
  return createOpenId({ ...steady, provider, addUsers, clientId, clientSecret, seal })
}

function surprises({ linux, env }: Steady, { providers, ldap, oidc }: AuthSettings['auth']): string[] {
  const obstacle = providers.includes('linux') ? linux.obstacle() : null
  const isOpenLdap = providers.includes('ldap') && ldap.url.startsWith('ldap:') && !isLocal(ldap.url)
  const sentences = [
    obstacle,
    isOpenLdap && 'ldap.url is without TLS: passwords can be read on the way; write "ldaps://…"',
    oidc.provider !== null && !env.OID_CLIENT_ID && 'oidc.provider has no effect: OID_CLIENT_ID is not set',
    oidc.provider?.startsWith('http:') &&
      !isLocal(oidc.provider) &&
      'oidc.provider is without TLS: whoever is on the way can sign in as anybody; write "https://…"',
  ]
  return sentences.filter((sentence) => typeof sentence === 'string')
}

function isLocal(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? ''
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}
