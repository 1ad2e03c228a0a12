/** Bodies: JSON, YAML and plain forms, each read when a route asks for it, refused as the original refuses (spec/hub.md 2.4). */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { bareType, formOfType } from './negotiation.ts'
import { complaintOf } from './python-json.ts'
import { withDetail } from './refused.ts'
import { readYaml } from './yaml.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** `Content-Type` as it was sent. */
    bodyType: string
  }
}

const MOST_BYTES = 1 << 20
const FORM_TYPE = 'application/x-www-form-urlencoded'
/** Nobody writes deeper, and what keeps it calls itself for each level. */
const MOST_LEVELS = 50
const MOST_VALUES = 200_000

/** Takes bodies of any type as bytes: what they are is said where they are read. */
export function takeBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.decorateRequest('bodyType', '')
  scope.addHook('onRequest', (request, _reply, done) => {
    request.bodyType = request.headers['content-type'] ?? ''
    // One that is no media type at all would be refused before any parser is asked.
    if (request.bodyType !== '') request.raw.headers['content-type'] = 'application/octet-stream'
    done()
  })
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
    done(null, body),
  )
}

/** What was sent; an empty body says nothing. @throws Refused with 415, 400 */
export function bodyOf({ body, bodyType, caller }: FastifyRequest): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  const isKnown = caller !== undefined
  const value = read(body, bodyType, isKnown)
  checkSize(value)
  return value
}

/** YAML costs too much to be read for strangers. */
function read(body: Buffer, bodyType: string, isKnown: boolean): unknown {
  const form = formOfType(bodyType)
  if (form === 'json') return readJson(textOf(body, 'JSON'))
  if (form === 'yaml' && isKnown) return readYaml(textOf(body, 'YAML')) ?? {}
  if (bareType(bodyType) === FORM_TYPE) return Object.fromEntries(new URLSearchParams(body.toString('utf8')))
  throw withDetail(415, `Unsupported media type "${bodyType.slice(0, 200)}" in request.`)
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(body: Buffer, name: string): string {
  try {
    return decoder.decode(body)
  } catch {
    throw withDetail(400, `${name} parse error - 'utf-8' codec can't decode: the body is not UTF-8`)
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw withDetail(400, `JSON parse error - ${complaintOf(text)}`)
  }
}

/** @throws Refused with 400 for what is nested too deeply, has grown by its aliases, or could not be written as JSON again */
function checkSize(value: unknown): void {
  let level: unknown[] = [value]
  let count = 0
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length
    if (depth > MOST_LEVELS || count > MOST_VALUES)
      throw withDetail(400, `The body is nested more than ${MOST_LEVELS} deep or has more than ${MOST_VALUES} values.`)
    const endless = level.find((each) => typeof each === 'number' && !Number.isFinite(each))
    if (endless !== undefined)
      throw withDetail(400, `Out of range float values are not JSON compliant: ${String(endless).slice(0, 4)}`)
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
  }
}
