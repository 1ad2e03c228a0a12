/** Everybody's way in put together, from the settings; what can be changed while the server runs is read again. */

import type { Service } from '../base/service.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { type AuthParts, type AuthSettings, arrange, type Door, type Steady } from './arrangement.ts'
import type { Browser } from './browser/browser.ts'
import { createClosedSessions } from './browser/closed-sessions.ts'
import type { Level } from './caller.ts'
import { createGate } from './gate.ts'
import type { HubAuth } from './hub/hub-auth.ts'
import { rolesAmong } from './level.ts'
import { createLinuxAccounts } from './linux-account.ts'
import { createPasswords } from './password.ts'
import type { SignIn } from './sign-in.ts'
import { createTokens } from './token.ts'
import type { Verify } from './token-cache.ts'
import { loadTokenKey } from './token-key.ts'

/** Started, it keeps accounts as the directory has them, if that was wished; everything else works without. Every member stays the same object over `reread`. */
export interface Auth extends Service {
  /** For the Accelerator's door, and whoever has a name and a password. */
  signIn: SignIn
  /** For the record's door: a caller with roles and projects, by a token of ours or of a program that has the same key. */
  bearer: Verify
  browser: Browser
  /** For the Hub's door: pairs of tokens, and client keys. */
  hub: HubAuth
  door: Door
  accounts: Accounts
  /** Everybody with an account, for `from=users`. */
  listUsers(): Promise<{ name: string; level: Level }[]>
  /**
   * Providers, limits, levels and doors are from now on as these say; failures counted so far are forgotten.
   * @throws invalid, and then everything stays as it was
   */
  reread(settings: AuthSettings): void
  /** What the administrator should know, as sentences. */
  warnings(): string[]
}

const SIGN_INS = { atOnce: 2, waiting: 256 }

/** @throws invalid for a token key or settings that cannot be used */
export async function createAuth(parts: AuthParts, settings: AuthSettings): Promise<Auth> {
  const key = await loadTokenKey(parts.settings, parts.env)
  const steady: Steady = {
    ...parts,
    key,
    tokens: createTokens(key, parts.clock),
    linux: createLinuxAccounts({ own: parts.own }),
    passwords: createPasswords(),
    gate: createGate(SIGN_INS),
    closed: createClosedSessions(parts.settings, parts.clock),
  }
  let present = arrange(steady, settings)
  let isOn = false
  let ending = Promise.resolve()
  return {
    signIn: {
      enter: (credentials, address) => present.signIn.enter(credentials, address),
      issue: (credentials, address) => present.signIn.issue(credentials, address),
      verify: (token) => present.signIn.verify(token),
    },
    bearer: (token) => present.bearer.verify(token),
    browser: followBrowser(() => present.browser),
    hub: followHub(() => present.hub),
    door: {
      addressOf: (socketAddress, headers) => present.door.addressOf(socketAddress, headers),
      isProxy: (address) => present.door.isProxy(address),
      allows: (address) => present.door.allows(address),
    },
    accounts: createAccounts(steady),
    async listUsers() {
      const users = await parts.users.list()
      return users.map(({ name, roles }) => ({ name, level: present.levelFor(name, rolesAmong(roles)) }))
    },
    async start() {
      isOn = true
      await present.sync?.start()
    },
    async stop() {
      isOn = false
      await Promise.all([ending, present.sync?.stop()])
    },
    reread(changed) {
      const before = present
      present = arrange(steady, changed)
      ending = Promise.all([ending, before.sync?.stop()]).then(() => (isOn ? present.sync?.start() : undefined))
    },
    warnings: () => present.warnings,
  }
}

/** Does what the browser's door of the moment does. */
function followBrowser(present: () => Browser): Browser {
  return {
    withPassword: (credentials, address) => present().withPassword(credentials, address),
    withToken: (token) => present().withToken(token),
    get openId() {
      return present().openId
    },
    read: (value) => present().read(value),
    close: (value) => present().close(value),
    issueToken: (session, username) => present().issueToken(session, username),
  }
}

/** As the Hub's door is at the moment. */
function followHub(present: () => HubAuth): HubAuth {
  return {
    enter: (credentials, address) => present().enter(credentials, address),
    refresh: (token) => present().refresh(token),
    check: (token) => present().check(token),
    bearer: (token) => present().bearer(token),
    get keys() {
      return present().keys
    },
  }
}
