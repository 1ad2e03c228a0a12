/** How refusals are described on the API page: by status, with an example. */

import Type, { type TSchema } from 'typebox'

const REFUSALS: Readonly<Record<number, readonly [string, string]>> = {
  400: [
    'The request is not understood; the sentence names what to change.',
    'unknown key "comand"; did you mean "command"?',
  ],
  401: [
    'No token, or one that is wrong, expired or revoked.',
    'sign in first: POST username and password to /api/v3/token',
  ],
  403: ['The level of the account does not reach.', 'bob may not control jobs of alice: it takes the level LEADER'],
  404: ['There is no such thing.', 'no job 1138'],
  409: ['It contradicts what is there.', 'cannot dequeue job 1138: it is running; stop it first'],
  415: ['The body is not JSON.', 'send the body as JSON, with the header "Content-Type: application/json"'],
  429: ['Too many attempts.', 'too many wrong passwords; wait 600 seconds'],
  503: ['Nothing can be stored just now, or the server has too much to do.', 'the disk is full; nothing was changed'],
}

/** Answers by status: each a description, an example and the body `{"error": ...}`. */
export function refusals(...statuses: number[]): Record<number, TSchema> {
  const described = statuses.map((status) => {
    const [description, example] = REFUSALS[status]!
    return [status, Type.Object({ error: Type.String() }, { description, examples: [{ error: example }] })]
  })
  return Object.fromEntries(described)
}

/** The same, in the body of a table route. */
export function tableRefusals(...statuses: number[]): Record<number, TSchema> {
  const described = statuses.map((status) => {
    const [description, error] = REFUSALS[status]!
    const body = Type.Object(
      { error: Type.String(), errmsg: Type.String() },
      { description, examples: [{ error, errmsg: error }] },
    )
    return [status, body]
  })
  return Object.fromEntries(described)
}
