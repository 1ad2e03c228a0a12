/** Every setting: its name as `yardmaster.toml` spells it, what it may be, and what it is when nobody says. */

import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { DomainError } from '../base/errors.ts'
import { nearestOf } from '../base/nearest.ts'

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
  'hub.listen': address('off'),
  'cockpit.listen': address('off'),
  'tls.enable': setting(Type.Boolean(), false, 'true or false'),
  'tls.min_version': word(['TLSv1.2', 'TLSv1.3'], 'TLSv1.3'),
  'tls.certificate': path(),
  'tls.key': path(),
  'auth.providers': setting(
    Type.Array(Type.Enum(['local', 'linux']), { minItems: 1, uniqueItems: true }),
    ['local'],
    '["local"], ["linux"] or ["local", "linux"]',
  ),
  'auth.token_hours': count(1, 720, 4),
  'auth.attempts_per_user': count(1, 10_000, 10),
  'auth.attempts_per_address': count(1, 100_000, 100),
  'auth.attempts_window': timespec('10m'),
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
  throw new DomainError('invalid', `${origin}: ${name} is ${JSON.stringify(value)}; write ${write}`)
}

/** What `value` says where `schema` wants no text but text was written, as environment and Tcl cannot do otherwise. */
function readAs(schema: TSchema, value: unknown): unknown {
  if (typeof value === 'number' && 'pattern' in schema) return String(value)
  if (typeof value !== 'string') return value
  if (Type.IsBoolean(schema)) return readFlag(value)
  if (Type.IsInteger(schema)) return /^\d{1,15}$/.test(value) ? Number(value) : value
  if (Type.IsArray(schema)) return value.split(/[\s,]+/).filter((word) => word !== '')
  return value
}

function readFlag(text: string): boolean | string {
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  return text
}
