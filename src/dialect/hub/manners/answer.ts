/** How an answer is sent: in the form that was asked for, with `Location` where something was made. */

import type { FastifyReply } from 'fastify'
import type { Form } from './negotiation.ts'
import { writeYaml } from './yaml.ts'

const TYPES: Readonly<Record<Form, string>> = { json: 'application/json', yaml: 'application/yaml' }

declare module 'fastify' {
  interface FastifyRequest {
    form: Form
  }
}

export function send(reply: FastifyReply, value: unknown, status = 200): FastifyReply {
  const { form = 'json' } = reply.request
  const text = form === 'yaml' ? writeYaml(value) : JSON.stringify(value)
  // As bytes, since Fastify would add a charset to the type of a text.
  return reply.code(status).type(TYPES[form]).send(Buffer.from(text))
}

/** 201, saying where it stands. */
export function sendCreated<Value extends { url: string }>(reply: FastifyReply, value: Value): FastifyReply {
  return send(reply.header('location', value.url), value, 201)
}

export function sendNothing(reply: FastifyReply): FastifyReply {
  return reply.code(204).send()
}
