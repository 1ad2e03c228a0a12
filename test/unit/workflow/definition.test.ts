import { describe, expect, test } from 'vitest'
import { DomainError } from '../../../src/base/errors.ts'
import { BUILT_IN } from '../../../src/workflow/builtin.ts'
import { changeDefinition, readDefinition, showDefinition } from '../../../src/workflow/definition.ts'

const OWN = {
  name: 'thumbnails',
  label: 'Thumbnails',
  icon_classes: ['fa fa-cog'],
  discovery: 'recursive',
  fields: [{ name: 'width', type: 'int', default: 100 }],
  filter_rules: [
    {
      type: 'file',
      state: 'all',
      include: ['*.jpg'],
      action: [{ name: 'dynamo.custom.command', command: 'thumb {path}', width: '*width', queue: 'low' }],
    },
  ],
}

const refusal = (work: () => unknown): { field: unknown; message: string } => {
  try {
    work()
  } catch (error) {
    if (error instanceof DomainError) return { field: error.details.field, message: error.message }
    throw error
  }
  throw new Error('it was not refused')
}

test('every built-in workflow is a definition that a user could write', () => {
  const names = BUILT_IN.map((definition) => readDefinition(definition).name)
  expect(names).toEqual(['migrate', 'premigrate', 'recall', 'send', 'site_sync', 'bidirectional_sync'])
})

test('what is read is shown as it was written, with what was left out filled in', () => {
  expect(showDefinition(readDefinition(OWN))).toEqual({
    ...OWN,
    discovery_options: null,
    enabled: true,
    visible: true,
    fields: [{ name: 'width', label: 'width', type: 'int', default: 100, required: false }],
  })
})

describe('what is refused, and under which key', () => {
  test.each([
    ['no object', [], 'non_field_errors', /Expected a dictionary/],
    ['no name', { ...OWN, name: undefined }, 'name', /must be string|required/],
    ['a name with a space', { ...OWN, name: 'my flow' }, 'name', /pattern/],
    ['no rule', { ...OWN, filter_rules: [] }, 'filter_rules', /fewer|least|items/],
    ['an unknown discovery', { ...OWN, discovery: 'guess' }, 'discovery', /./],
    [
      'a reference to no field',
      { ...OWN, fields: [] },
      'filter_rules',
      /\*width names no field: add one, or take the star away\./,
    ],
    ['a choice without choices', { ...OWN, fields: [{ name: 'width', type: 'choice' }] }, 'fields', /needs choices/],
  ])('%s', (_what, definition, field, message) => {
    const refused = refusal(() => readDefinition(definition))
    expect(refused.field).toBe(field)
    expect(refused.message).toMatch(message)
  })

  test('a missing key is asked for as the original does', () => {
    const { filter_rules: _, ...rest } = OWN
    expect(refusal(() => readDefinition(rest))).toEqual({ field: 'filter_rules', message: 'This field is required.' })
  })
})

test('a change puts in the keys that were given, whole', () => {
  const before = { ...readDefinition(OWN), id: 7, builtIn: false }
  const after = changeDefinition(before, { label: 'Small pictures', enabled: false })
  expect(showDefinition(after)).toEqual({ ...showDefinition(before), label: 'Small pictures', enabled: false })
})
