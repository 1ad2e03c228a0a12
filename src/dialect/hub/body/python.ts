/** Types and values as Python says them, in messages that clients know. */

export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return NAMES[typeof value] ?? 'object'
}

const NAMES: Readonly<Record<string, string>> = { string: 'str', boolean: 'bool', object: 'dict' }

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const LITERALS: Readonly<Record<string, string>> = { null: 'None', undefined: 'None', true: 'True', false: 'False' }

/** As `str()` writes it; deep values were refused before. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(quoted).join(', ')}]`
  if (typeof value === 'string') return value
  if (!isObject(value)) return LITERALS[String(value)] ?? String(value)
  const members = Object.entries(value).map(([key, each]) => `${quoted(key)}: ${quoted(each)}`)
  return `{${members.join(', ')}}`
}

/** As `repr()` writes it. */
function quoted(value: unknown): string {
  if (typeof value !== 'string') return textOf(value)
  const mark = value.includes("'") && !value.includes('"') ? '"' : "'"
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')
  return `${mark}${mark === "'" ? escaped.replaceAll("'", "\\'") : escaped}${mark}`
}
