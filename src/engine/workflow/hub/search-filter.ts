/** Which files a search is after: values, lists of values, ranges, wildcards, and none of these (spec/hub.md 2.6). */

import { DomainError } from '../../../base/errors.ts'
import { nearestOf } from '../../../base/nearest.ts'
import { globOf } from '../../../workflow/glob.ts'
import type { SiteFile } from '../workflows.ts'

export type Metadata = Readonly<Record<string, unknown>>
export type Matches = (metadata: Metadata) => boolean

/** What can be asked for of a file. */
const METADATA = {
  'core.filename': ({ name }: SiteFile) => name,
  'core.pathname': ({ path }: SiteFile) => path,
  'core.directory': ({ name, path }: SiteFile) => path.slice(0, -name.length - 1) || '/',
  'core.extension': ({ name }: SiteFile) => /[^.](\.[^.]+)$/.exec(name)?.[1] ?? '',
  'core.type': ({ type }: SiteFile) => type,
  'core.size': ({ sizeBytes }: SiteFile) => sizeBytes,
  'core.mtime': ({ mtime }: SiteFile) => mtime / 1000,
  'core.ctime': ({ ctime }: SiteFile) => ctime / 1000,
  'core.atime': ({ atime }: SiteFile) => atime / 1000,
  'core.mode': ({ mode }: SiteFile) => mode,
  'core.uid': ({ uid }: SiteFile) => uid,
  'core.gid': ({ gid }: SiteFile) => gid,
  'hsm.status': ({ status }: SiteFile) => status,
} satisfies Record<string, (file: SiteFile) => string | number>

const KEYS = Object.keys(METADATA)
const TEXTS: readonly string[] = [
  'core.filename',
  'core.pathname',
  'core.directory',
  'core.extension',
  'core.type',
  'hsm.status',
]
/** Seconds since 1970. */
const TIMES: readonly string[] = ['core.mtime', 'core.ctime', 'core.atime']
const MOST = 100

export function metadataOf(file: SiteFile): Metadata {
  return Object.fromEntries(Object.entries(METADATA).map(([key, read]) => [key, read(file)]))
}

/** @throws invalid, about `filters` */
export function matcherOf(filters: Readonly<Record<string, unknown>>): Matches {
  const all = Object.entries(filters).map(([key, wanted]) => {
    if (!KEYS.includes(key)) throw refused(`There is no ${key.slice(0, 100)}; ${hintFor(key)}`)
    const test = testOf(key, wanted)
    return (metadata: Metadata) => test(metadata[key])
  })
  return (metadata) => all.every((matches) => matches(metadata))
}

/** Which of the metadata are shown: those with these names or wildcards, all where there is none. @throws invalid, about `metadata_fields` */
export function choiceOf(fields: readonly string[]): (metadata: Metadata) => Metadata {
  if (fields.length === 0) return (metadata) => metadata
  const asked = KEYS.filter((key) => fields.some((field) => wildcardOf(field, 'metadata_fields')(key)))
  return (metadata) => Object.fromEntries(asked.map((key) => [key, metadata[key]]))
}

function hintFor(key: string): string {
  const near = nearestOf(key, KEYS)
  return near ? `did you mean ${near}?` : `there is ${KEYS.join(', ')}.`
}

type Test = (value: unknown) => boolean

function testOf(key: string, wanted: unknown): Test {
  if (Array.isArray(wanted)) return anyOf(key, wanted)
  if (typeof wanted === 'object' && wanted !== null) return rangeOf(key, wanted)
  if (typeof wanted !== 'string') return (value) => value === wanted
  if (!wanted.startsWith('!')) return textOf(wanted)
  const not = textOf(wanted.slice(1))
  return (value) => !not(value)
}

/** One of the values, and none of those behind a `!`. */
function anyOf(key: string, wanted: readonly unknown[]): Test {
  if (wanted.length > MOST) throw refused(`${key}: at most ${MOST} values at a time.`)
  const isRefused = (one: unknown) => typeof one === 'string' && one.startsWith('!')
  const tests = (some: readonly unknown[]) => some.map((one) => testOf(key, one))
  const [refusing, taking] = [tests(wanted.filter(isRefused)), tests(wanted.filter((one) => !isRefused(one)))]
  return (value) => refusing.every((test) => test(value)) && (taking.length === 0 || taking.some((test) => test(value)))
}

function textOf(wanted: string): Test {
  return /[*?[]/.test(wanted) ? wildcardOf(wanted, 'filters') : (value) => String(value) === wanted
}

function wildcardOf(wanted: string, field: string): Test {
  try {
    const glob = globOf(wanted)
    return (value) => glob(String(value))
  } catch {
    throw refused(`"${wanted.slice(0, 100)}" is no wildcard.`, field)
  }
}

const RANGE: Readonly<Record<string, (value: string | number, bound: string | number) => boolean>> = {
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
}

function rangeOf(key: string, wanted: object): Test {
  const bounds = Object.entries(wanted).map(([word, written]): Test => {
    const compare = Object.hasOwn(RANGE, word) ? RANGE[word] : undefined
    if (!compare) throw refused(`${key}: "${word.slice(0, 100)}" is none of ${Object.keys(RANGE).join(', ')}.`)
    const bound = boundOf(key, written)
    return (value) => compare(value as typeof bound, bound)
  })
  return (value) => bounds.every((test) => test(value))
}

function boundOf(key: string, written: unknown): string | number {
  if (TEXTS.includes(key)) return String(written)
  const number = typeof written === 'string' && written.trim() !== '' ? Number(written) : written
  if (typeof number === 'number' && Number.isFinite(number)) return number
  const time = TIMES.includes(key) && typeof written === 'string' ? Date.parse(written) : Number.NaN
  if (!Number.isNaN(time)) return time / 1000
  const form = TIMES.includes(key) ? 'a number of seconds, or a time such as 2026-11-21T09:00:00Z' : 'a number'
  throw refused(`${key}: a bound of it is ${form}.`)
}

function refused(message: string, field = 'filters'): DomainError {
  return new DomainError('invalid', message, { field })
}
