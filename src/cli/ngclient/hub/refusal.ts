/** What the hub says when it refuses, as one sentence (Django REST framework's error bodies, spec/hub.md 2.4). */

export function sentenceOf(text: string, status: number, url: string): string {
  const body = readBody(text)
  const said = body ? messagesIn(body, '').join(' ') : ''
  if (body && said && (status >= 500 || isOfHub(body))) return said
  return `${said || `the answer was HTTP ${status}`}; is ${url} the address of a hub?`
}

/** Whether it is a hub that does not know who asks; other servers refuse a key as well. */
export function isStranger(text: string, status: number): boolean {
  const body = readBody(text)
  return status === 401 && body !== undefined && isOfHub(body)
}

type Body = Readonly<Record<string, unknown>>

/** undefined for what is no object of JSON. */
function readBody(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Body) : undefined
  } catch {
    return undefined
  }
}

/** Messages by field are lists or objects; a lone text has another server said. */
function isOfHub(body: Body): boolean {
  return 'detail' in body || Object.values(body).every((value) => typeof value === 'object')
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
