/** Every setting: its name as `yardmaster.toml` spells it, what it may be, and what it is when nobody says. */

import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { complaintOf } from '../base/complaint.ts'
import { DomainError } from '../base/errors.ts'
import { nearestOf } from '../base/nearest.ts'
import { SITES } from './sites.ts'

const ADDRESS = '^(off|(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]*):([0-9]{1,5}))$'
const TIMESPEC = '^([0-9]{1,12}|([0-9]{1,12}[smhdw]){1,9})$'

/** `write` completes the sentence "write …". */
function setting<Schema extends TSchema>(schema: Schema, standard: Static<Schema>, write: string) {
  return { schema, standard, write }
}

const text = (pattern: string, standard: string, write: string) => setting(Type.String({ pattern }), standard, write)
const word = <Word extends string>(words: readonly Word[], standard: NoInfer<Word>) =>
  setting(Type.Enum([...words]), standard as never, words.map((one) => `"${one}"`).join(' or '))
const address = (standard: string) => text(ADDRESS, standard, '"HOST:PORT", ":PORT" for all interfaces, or "off"')
const timespec = (standard: string) => text(TIMESPEC, standard, 'a time such as "90s", "1h" or "2d"')
const path = () => text('^[^\\0]{0,4096}$', '', 'the path of a file, or "" for what config/ssl holds')
const folder = (standard: string) => text('^[^\\0]{0,4096}$', standard, 'a path')
const flag = (standard: boolean) => setting(Type.Boolean(), standard, 'true or false')
const list = (pattern: string, standard: string[], write: string) =>
  setting(Type.Array(Type.String({ pattern })), standard, `a list of ${write}`)
const count = (minimum: number, maximum: number, standard: number) =>
  setting(Type.Integer({ minimum, maximum }), standard, `a number from ${minimum} to ${maximum}`)

export const SETTINGS = {
  name: text('^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$', 'vnc', 'a name of at most 64 letters, digits and . _ -'),
  http_name: text(
    '^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)?$',
    '',
    'the full name of this host (hostname -f prints it), or "" to let the server find it',
  ),
  'accelerator.listen': address('127.0.0.1:6330'),
  'hub.listen': address('127.0.0.1:8000'),
  'cockpit.listen': address('127.0.0.1:8080'),
  'cockpit.allow': list(
    '^(\\*|[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?)$',
    ['*'],
    'addresses or CIDR ranges, or ["*"] for all',
  ),
  'cockpit.trusted_proxies': list('^[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?$', [], 'addresses or CIDR ranges of proxies'),
  'cockpit.jwt_max_age': timespec('0'),
  'cockpit.validate_user': flag(false),
  'cockpit.session_max_age': timespec('7d'),
  'cockpit.machine_state_dir': folder(''),
  'cockpit.rules': folder('tagger'),
  'cockpit.stop_exceeding_walltime': timespec('0'),
  'metrics.retention': timespec('2d'),
  'metrics.checkpoint_interval': timespec('10s'),
  'metrics.memory_mb': count(16, 1_000_000, 1024),
  'metrics.host_cluster': flag(true),
  'archive.target': text('^[^\\0]{1,4096}$', 'archive', 'a folder, or "s3://BUCKET/PREFIX"'),
  'archive.s3_endpoint': text('^(https?://[^\\s]{1,1000})?$', '', 'the URL of an S3 server, or "" for Amazon\'s'),
  'archive.s3_region': text('^[a-z0-9-]{1,64}$', 'us-east-1', 'a region such as "us-east-1"'),
  'archive.s3_credentials': folder(''),
  'archive.shortest_run': timespec('1s'),
  'archive.retention': word(['none', 'delete', 'move', 'copy'], 'none'),
  'archive.retention_age': timespec('365d'),
  'archive.retention_target': text('^[^\\0]{0,4096}$', '', 'a folder, or "s3://BUCKET/PREFIX"'),
  'archive.retention_keep_tagged': word(['none', 'all', 'user'], 'user'),
  'archive.retention_records': flag(true),
  'archive.node_states_age': timespec('30d'),
  'tls.enable': flag(false),
  'tls.min_version': word(['TLSv1.2', 'TLSv1.3'], 'TLSv1.3'),
  'tls.certificate': path(),
  'tls.key': path(),
  'auth.providers': setting(
    Type.Array(Type.Enum(['local', 'linux', 'ldap']), { minItems: 1, uniqueItems: true }),
    ['local'],
    'a list of "local", "linux" and "ldap"',
  ),
  'auth.token_hours': count(1, 720, 4),
  'auth.attempts_per_user': count(1, 10_000, 10),
  'auth.attempts_per_address': count(1, 100_000, 100),
  'auth.attempts_window': timespec('10m'),
  'ldap.url': text('^(ldaps?://[^\\s]{1,500})?$', '', 'a URL such as "ldaps://ldap.example.org"'),
  'ldap.user_base': text('^[^\\0]{0,1000}$', '', 'the tree below which people are, such as "ou=people,dc=example"'),
  'ldap.search_dn': text('^[^\\0]{0,1000}$', '', 'the name that searches; its password is in LDAP_ADMIN_PASSWORD'),
  'ldap.user_bind': text('^[^\\0]{0,1000}$', '', 'a name such as "uid={username},ou=people,dc=example"'),
  'ldap.user_filter': text(
    '^(\\(.{1,1000}\\))?$',
    '(objectClass=posixAccount)',
    'a filter such as "(objectClass=posixAccount)"',
  ),
  'ldap.uid_attr': text('^[A-Za-z][A-Za-z0-9-]{0,63}$', 'uid', 'the attribute of the sign-in name'),
  'ldap.name_attr': text('^[A-Za-z][A-Za-z0-9-]{0,63}$', 'gecos', 'the attribute of the full name'),
  'ldap.sync_interval': timespec('0'),
  'ldap.sync_remove': flag(false),
  'oidc.provider': text(
    '^(https?://[^\\s]{1,500})?$',
    '',
    "the issuer's URL; client and secret are in OID_CLIENT_ID and OID_CLIENT_SECRET",
  ),
  'oidc.add_users': flag(false),
  sites: setting(SITES, [], 'tables [[sites]] with name, roots and targets (docs/guides/workflows.md)'),
  'jobs.run_as': word(['auto', 'submitter', 'server'], 'auto'),
  'jobs.autoforget_valid': timespec('1h'),
  'jobs.autoforget_failed': timespec('2d'),
  'jobs.autoforget_others': timespec('2d'),
  'host.name': text('^([A-Za-z0-9][A-Za-z0-9_.-]{0,63})?$', '', 'a short name for this host, or "" for its own'),
  'host.slots': count(0, 100_000, 0),
  'host.ram_mb': count(0, 1_000_000_000, 0),
  'log.level': word(['debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
} as const

export type SettingName = keyof typeof SETTINGS
export type SettingValues = { -readonly [Name in SettingName]: Static<(typeof SETTINGS)[Name]['schema']> }

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]

/** Somebody's wish for one setting; `origin` is a file with its line, a variable, or the command line. */
export interface Assignment {
  name: string
  value: unknown
  origin: string
}

/** The value as its setting has it; text becomes what the setting is made of. @throws invalid, naming origin and remedy */
export function settingOf({ name, value, origin }: Assignment): { name: SettingName; value: unknown } {
  if (!Object.hasOwn(SETTINGS, name)) {
    const meant = nearestOf(name, SETTING_NAMES)
    const advice = meant ? `did you mean "${meant}"?` : '`yardmaster config` lists all'
    throw new DomainError('invalid', `${origin}: there is no setting "${name}"; ${advice}`)
  }
  const { schema, write } = SETTINGS[name as SettingName]
  const read = readAs(schema, value)
  if (Value.Check(schema, read)) return { name: name as SettingName, value: read }
  const isTable = schema === SITES && Array.isArray(read)
  const complaint = isTable ? complaintOf(schema, read) : ` is ${JSON.stringify(value)}; write ${write}`
  throw new DomainError('invalid', `${origin}: ${name}${complaint}`)
}

/** What `value` says where `schema` wants no text but text was written, as environment and Tcl cannot do otherwise. */
function readAs(schema: TSchema, value: unknown): unknown {
  if (typeof value === 'number' && 'pattern' in schema) return String(value)
  if (typeof value !== 'string') return value
  if (Type.IsBoolean(schema)) return readFlag(value)
  if (Type.IsInteger(schema)) return /^\d{1,15}$/.test(value) ? Number(value) : value
  if (schema === SITES) return readJson(value)
  if (Type.IsArray(schema)) return value.split(/[\s,]+/).filter((word) => word !== '')
  return value
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function readFlag(text: string): boolean | string {
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  return text
}
