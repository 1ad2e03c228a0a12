/**
 * Everything that can be set, read once from all places and frozen. The later wins: defaults, the original's Tcl files in
 * the data directory, `yardmaster.toml`, the environment, the command line.
 */

import { resolve } from 'node:path'
import { DomainError } from './base/errors.ts'
import { parseTimespec } from './base/timespec.ts'
import { type ArchiveConfig, type CockpitConfig, type MetricsConfig, shapeCockpit } from './settings/cockpit-config.ts'
import { readDataDirectory } from './settings/data-directory.ts'
import { type LdapConfig, shapeLdap } from './settings/ldap-config.ts'
import { type Listen, readListen } from './settings/listen.ts'
import type { LevelRule } from './settings/security.ts'
import {
  type Assignment,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
  type SettingValues,
  settingOf,
} from './settings/setting.ts'
import { type SiteConfig, shapeSites } from './settings/sites.ts'
import { readEnvironment, readSet } from './settings/source.ts'

export interface Config {
  /** Absolute. */
  dataDir: string
  /** The queue's name, as `GET /api/v3/project/1/project` answers it. */
  name: string
  /** The host name that printed URLs carry; null to find one. */
  httpName: string | null
  /** Where a door listens; null for a closed one. */
  accelerator: { listen: Listen | null }
  hub: { listen: Listen | null }
  cockpit: CockpitConfig
  metrics: MetricsConfig
  archive: ArchiveConfig
  sites: readonly SiteConfig[]
  /** Paths are absolute; null for what `config/ssl` holds. */
  tls: { enable: boolean; minVersion: 'TLSv1.2' | 'TLSv1.3'; certificate: string | null; key: string | null }
  auth: {
    providers: readonly ('local' | 'linux' | 'ldap')[]
    ldap: LdapConfig
    oidc: { provider: string | null; addUsers: boolean }
    tokenLifetimeMs: number
    /** How many sign-ins may fail in `windowMs`. */
    attempts: { perUser: number; perAddress: number; windowMs: number }
    /** From `security.tcl`. */
    levelRules: readonly LevelRule[]
  }
  jobs: {
    runAs: 'submitter' | 'server'
    /** How long a job that ended or was never queued is kept, by its state. */
    autoforgetMs: { done: number; failed: number; idle: number }
  }
  /** Null for what the machine says. */
  host: { name: string | null; slots: number | null; ramMb: number | null }
  log: { level: SettingValues['log.level'] }
}

export interface ConfigSources {
  dataDir: string
  /** Instead of `yardmaster.toml` in the data directory. */
  configFile?: string
  env?: Readonly<Record<string, string | undefined>>
  /** `KEY=VALUE`, the later winning. */
  sets?: readonly string[]
  /** The account that the server runs as, unless it is that of this process. */
  uid?: number
}

/** A setting's value and where it comes from: `default`, a file with its line, a variable, or `command line`. */
export interface Setting {
  name: SettingName
  value: unknown
  origin: string
}

export interface LoadedConfig {
  config: Config
  /** All, in the order of the guide. */
  settings: readonly Setting[]
  /** What has no effect although somebody wrote it, and what is risky; sentences with file and line. */
  warnings: readonly string[]
}

/** @throws invalid for a value that does not fit its setting, a file that cannot be read, a choice that is not safe */
export function loadConfig({ dataDir, configFile, env = process.env, sets = [], uid }: ConfigSources): LoadedConfig {
  const folder = resolve(dataDir)
  const written = readDataDirectory(folder, configFile)
  const environment = readEnvironment(env)
  const settings = settle([...written.assignments, ...environment.assignments, ...sets.map(readSet)])
  const values = Object.fromEntries(settings.map(({ name, value }) => [name, value])) as unknown as SettingValues
  const runAs = chooseAccount(values['jobs.run_as'], uid ?? process.getuid?.() ?? -1)
  const config = freeze({
    dataDir: folder,
    ...shapeDoors(values, folder),
    auth: shapeAuth(values, written.levelRules),
    ...shapeCockpit(values, folder),
    sites: shapeSites(values.sites),
    ...shapeWork(values, runAs),
  })
  return { config, settings, warnings: [...written.complaints, ...environment.complaints, ...surprises(config)] }
}

/** The last wish for each setting, or its default. @throws invalid */
function settle(assignments: readonly Assignment[]): Setting[] {
  const settled = new Map<string, Setting>()
  for (const assignment of assignments) {
    const { name, value } = settingOf(assignment)
    settled.set(name, { name, value, origin: assignment.origin })
  }
  return SETTING_NAMES.map((name) => settled.get(name) ?? { name, value: SETTINGS[name].standard, origin: 'default' })
}

/** "auto" is the submitter where the server may become him. @throws invalid for what would be unsafe or impossible */
function chooseAccount(runAs: SettingValues['jobs.run_as'], uid: number): Config['jobs']['runAs'] {
  if (runAs === 'server' && uid === 0)
    throw new DomainError(
      'invalid',
      'jobs.run_as "server" would run everybody\'s jobs as root: write "auto", or start the server as another account',
    )
  if (runAs === 'submitter' && uid !== 0)
    throw new DomainError(
      'invalid',
      'jobs.run_as "submitter" takes a server that runs as root: write "auto", or start it as root',
    )
  if (runAs === 'auto') return uid === 0 ? 'submitter' : 'server'
  return runAs
}

function shapeDoors(values: SettingValues, folder: string) {
  const path = (written: string) => (written === '' ? null : resolve(folder, written))
  if ((values['tls.certificate'] === '') !== (values['tls.key'] === ''))
    throw new DomainError('invalid', 'tls.certificate and tls.key belong together: write both, or neither')
  return {
    name: values.name,
    httpName: values.http_name || null,
    accelerator: { listen: readListen(values['accelerator.listen']) },
    hub: { listen: readListen(values['hub.listen']) },
    tls: {
      enable: values['tls.enable'],
      minVersion: values['tls.min_version'],
      certificate: path(values['tls.certificate']),
      key: path(values['tls.key']),
    },
  } satisfies Partial<Config>
}

function shapeAuth(values: SettingValues, levelRules: readonly LevelRule[]): Config['auth'] {
  return {
    providers: values['auth.providers'],
    tokenLifetimeMs: values['auth.token_hours'] * 3_600_000,
    attempts: {
      perUser: values['auth.attempts_per_user'],
      perAddress: values['auth.attempts_per_address'],
      windowMs: readWindow(values['auth.attempts_window']),
    },
    levelRules,
    ldap: shapeLdap(values),
    oidc: { provider: values['oidc.provider'] || null, addUsers: values['oidc.add_users'] },
  }
}

/** @throws invalid for a window in which nothing, or everything for ever, would be counted */
function readWindow(text: string): number {
  const windowMs = parseTimespec(text, 'auth.attempts_window')
  if (windowMs >= 1000 && windowMs <= 86_400_000) return windowMs
  throw new DomainError('invalid', `auth.attempts_window is ${JSON.stringify(text)}; write a time from "1s" to "1d"`)
}

function shapeWork(values: SettingValues, runAs: Config['jobs']['runAs']) {
  const timeOf = (name: 'jobs.autoforget_valid' | 'jobs.autoforget_failed' | 'jobs.autoforget_others') =>
    parseTimespec(values[name], name)
  return {
    jobs: {
      runAs,
      autoforgetMs: {
        done: timeOf('jobs.autoforget_valid'),
        failed: timeOf('jobs.autoforget_failed'),
        idle: timeOf('jobs.autoforget_others'),
      },
    },
    host: {
      name: values['host.name'] || null,
      slots: values['host.slots'] || null,
      ramMb: values['host.ram_mb'] || null,
    },
    log: { level: values['log.level'] },
  } satisfies Partial<Config>
}

/** What works otherwise than whoever wrote it may think. */
function surprises({ accelerator, hub, cockpit, tls }: Config): string[] {
  if (tls.enable) return []
  const open = Object.entries({ accelerator, hub, cockpit }).filter(([, { listen }]) => listen && !isLocal(listen.host))
  const advice = 'passwords and tokens can be read on the way; set tls.enable'
  return open.map(([door]) => `${door}.listen is open to the network without TLS: ${advice}`)
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) freeze(inner)
  return Object.freeze(value)
}
