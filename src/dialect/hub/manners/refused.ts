/** A refusal with the body that clients of Django REST framework read: `{"detail": …}`, or messages by field (spec/hub.md 2.4). */

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) {
    super(`refused with ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

export function withDetail(status: number, detail: string, headers?: Readonly<Record<string, string>>): Refused {
  return new Refused(status, { detail }, headers)
}

/** 400 with messages by field; `name.member` stands for a member of an object. */
export function withField(name: string, message: string): Refused {
  const body = name.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), [message])
  return new Refused(400, body as Record<string, unknown>)
}

/** Of a parameter of the URL, in django-filter's words. */
export function notAChoice(name: string, value: string): Refused {
  return withField(name, `Select a valid choice. ${value} is not one of the available choices.`)
}

export const CHALLENGE = { 'www-authenticate': 'Bearer realm="api"' }

export function notSignedIn(): Refused {
  return withDetail(401, 'Authentication credentials were not provided.', CHALLENGE)
}

export function notPermitted(): Refused {
  return withDetail(403, 'You do not have permission to perform this action.')
}

/** `model` is what the original calls such a thing; without it nothing is there at all. */
export function notFound(model?: string): Refused {
  return withDetail(404, model ? `No ${model} matches the given query.` : 'Not found.')
}
