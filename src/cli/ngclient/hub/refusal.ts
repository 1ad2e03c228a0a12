/** What the hub says when it refuses, as one sentence (Django REST framework's error bodies, spec/hub.md 2.4). */

export function sentenceOf(text: string, status: number, url: string): string {
  return readBody(text) ?? `the answer was HTTP ${status}; is ${url} the address of a hub?`
}

/** undefined where the body is none of the hub's. */
function readBody(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? messagesIn(body, '').join(' ') || undefined : undefined
  } catch {
    return undefined
  }
}

/** Keys whose messages are about the whole. */
const WHOLE = ['detail', 'error', 'non_field_errors']
/** Beside `detail`: for programs. */
const PASSED_OVER = ['code', 'messages']

/** `{"fields":{"hydrate":["Must be a valid boolean."]}}` is `fields.hydrate: Must be a valid boolean.` */
function messagesIn(value: unknown, where: string): string[] {
  if (typeof value === 'string') return [where ? `${where}: ${value}` : value]
  if (Array.isArray(value)) return value.flatMap((one) => messagesIn(one, where))
  if (typeof value !== 'object' || value === null) return []
  const known =
    'detail' in value ? Object.entries(value).filter(([key]) => !PASSED_OVER.includes(key)) : Object.entries(value)
  return known.flatMap(([key, below]) =>
    messagesIn(below, WHOLE.includes(key) ? where : [where, key].filter(Boolean).join('.')),
  )
}
