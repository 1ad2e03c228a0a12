/** What a path says of itself when it is asked with OPTIONS: the metadata of Django REST framework (spec/hub.md 2.4). */

import type { FastifySchema } from 'fastify'
import type { Field } from '../body/field.ts'
import { mediaTypes } from './negotiation.ts'

interface Row {
  method: string
  schema: FastifySchema
  fields?: Readonly<Record<string, Field<unknown>>>
}

export function metadataOf(rows: readonly Row[]): object {
  const { summary = '', description = '' } = (rows[0]?.schema ?? {}) as { summary?: string; description?: string }
  const described = rows.filter(({ method, fields }) => fields && (method === 'POST' || method === 'PUT'))
  const actions = described.map(({ method, fields = {} }) => [method, actionOf(fields)] as const)
  return {
    name: summary,
    description,
    renders: mediaTypes(),
    parses: [...mediaTypes(), 'application/x-www-form-urlencoded'],
    ...(actions.length > 0 && { actions: Object.fromEntries(actions) }),
  }
}

function actionOf(fields: Readonly<Record<string, Field<unknown>>>): object {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, showField(key, field)]))
}

function showField(key: string, { type, isOptional = false, label, help, choices, maxLength }: Field<unknown>): object {
  return {
    type,
    required: !isOptional,
    read_only: false,
    label: label ?? capitalised(key.replaceAll('_', ' ')),
    ...(help && { help_text: help }),
    ...(maxLength !== undefined && { max_length: maxLength }),
    ...(choices && { choices: choices.map((value) => ({ value, display_name: capitalised(value) })) }),
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
