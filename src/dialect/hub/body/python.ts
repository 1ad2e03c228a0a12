/** Names of types as Python says them, in messages that clients know. */

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
