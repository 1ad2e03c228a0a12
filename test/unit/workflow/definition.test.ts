import { describe, expect, test } from 'vitest'
import { DomainError } from '../../../src/base/errors.ts'
import { BUILT_IN } from '../../../src/workflow/builtin.ts'
import { changeDefinition, readDefinition, showDefinition } from '../../../src/workflow/definition.ts'
import { COMMAND_STEP } from '../../../src/workflow/mover/command-step.ts'
import { isStep } from '../../../src/workflow/mover/steps.ts'
import { STEP_NAMES } from '../../../src/workflow/step.ts'

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

const rule = (changes: object) => ({ ...OWN, filter_rules: [{ ...OWN.filter_rules[0], ...changes }] })
const step = (...action: object[]) => rule({ action })
const field = (changes: object) => ({ ...OWN, fields: [{ ...OWN.fields[0], ...changes }] })
const options = (discovery_options: object) => ({ ...OWN, discovery_options })

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
    ['no name', { ...OWN, name: undefined }, 'name', /^This field is required\.$/],
    ['a name with a space', { ...OWN, name: 'my flow' }, 'name', /pattern/],
    ['no rule', { ...OWN, filter_rules: [] }, 'filter_rules', /^This list may not be empty\.$/],
    [
      'an unknown discovery',
      { ...OWN, discovery: 'guess' },
      'discovery',
      /^"guess" is not a valid choice\. .*snapdiff/,
    ],
    ['a rule without a state', rule({ state: undefined }), 'filter_rules.0.state', /^This field is required\.$/],
    ['a rule without steps', rule({ action: [] }), 'filter_rules.0.action', /^This list may not be empty\.$/],
    ['an unknown type', rule({ type: 'nope' }), 'filter_rules.0.type', /^"nope" is not a valid choice\. .*folder/],
    ['one glob alone', rule({ include: '*.mov' }), 'filter_rules.0.include', /^Expected a list of items\.$/],
    ['two fields of a name', { ...OWN, fields: [...OWN.fields, ...OWN.fields] }, 'fields.1.name', /Another field/],
    ['options of no object', { ...OWN, discovery_options: [1] }, 'discovery_options', /^It must be object or null\.$/],
    ['a word for an option', options({ skip_missing: 'perhaps' }), 'discovery_options.skip_missing', /true or false/],
    [
      'a reference to no field',
      { ...OWN, fields: [] },
      'filter_rules.0.action.0.width',
      /\*width names no field: add one, or take the star away\. There are no fields\./,
    ],
    ['a choice without choices', field({ type: 'choice' }), 'fields.0.choices', /needs choices/],
    ['a default that is no choice', field({ type: 'choice', choices: ['a'] }), 'fields.0.default', /"100" is not/],
    ['a word for a number', field({ default: 'x' }), 'fields.0.default', /^A valid integer is required\.$/],
    ['a word for yes or no', field({ type: 'bool', default: 'perhaps' }), 'fields.0.default', /valid boolean/],
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

describe('a step', () => {
  const migrate = { name: 'dynamo.tasks.migrate' }
  const command = { name: 'dynamo.custom.command' }

  test.each([
    [
      { name: 'dynamo.tasks.nix' },
      'name',
      /^dynamo\.tasks\.nix is no step\. The steps that there are: dynamo\.tasks\.migrate,/,
    ],
    [{ name: 'dynamo.tasks.migrat' }, 'name', /did you mean dynamo\.tasks\.migrate\?/],
    [{ name: 'dynamo.custom.thumbs' }, 'name', /is a plugin, and there are none here.*dynamo\.custom\.command/],
    [{ name: '__proto__' }, 'name', /is no step/],
    [{ ...migrate, stub_size: 'x' }, 'stub_size', /^stub_size is "x": it must be a whole number/],
    [{ ...migrate, premigrate: 'maybe' }, 'premigrate', /true or false/],
    [{ ...migrate, lock_level: 'full' }, 'lock_level', /partial, implicit, none/],
    [{ ...migrate, endpoint: 5 }, 'endpoint', /a name/],
    [{ ...migrate, site: 5 }, 'site', /a name, or "\*NAME" of a field/],
    [command, 'command', /names no program/],
    [{ ...command, command: 'echo' }, 'command', /either \{path\}/],
    [{ ...command, command: 'echo "' }, 'command', /quote is not closed/],
    [{ ...command, command: "sh -c 'ls {path}'" }, 'command', /sh would read what is put in for \{path\} as commands/],
    [{ ...command, command: "/bin/bash -ec 'x {width}' bash {path}", width: '*width' }, 'command', /for \{width\}/],
  ])('%j is refused under its place', (action, key, message) => {
    const refused = refusal(() => readDefinition(step(migrate, action)))
    expect(refused.field).toBe(`filter_rules.0.action.1.${key}`)
    expect(refused.message).toMatch(message)
  })

  test('takes values as text, those of fields, and arguments that nobody knows', () => {
    const action = [
      { ...migrate, stub_size: '4096', premigrate: 'True', weird: [1] },
      { ...migrate, stub_size: '*width' },
      { ...command, command: `sh -c 'ls "$1"' sh {path}` },
      { ...command, command: '*width' },
    ]
    expect(readDefinition(step(...action)).filterRules[0]!.actions).toHaveLength(4)
  })

  test('is known to the definition just where a mover can do it', () => {
    const done = STEP_NAMES.filter((name) => isStep(name) || name === COMMAND_STEP)
    expect(STEP_NAMES).toEqual(done)
  })
})

test('a change puts in the keys that were given, whole', () => {
  const before = { ...readDefinition(OWN), id: 7, builtIn: false }
  const after = changeDefinition(before, { label: 'Small pictures', enabled: false })
  expect(showDefinition(after)).toEqual({ ...showDefinition(before), label: 'Small pictures', enabled: false })
})
