import { describe, expect, test } from 'vitest'
import { BUILT_IN } from '../../../src/workflow/builtin.ts'
import { readDefinition } from '../../../src/workflow/definition.ts'
import { resolveAction, settleFields } from '../../../src/workflow/field-values.ts'
import type { PathEntry } from '../../../src/workflow/path-entry.ts'
import { stepAfter, stepsFor } from '../../../src/workflow/plan.ts'
import type { Workflow } from '../../../src/workflow/workflow.ts'

const file = (path: string, over: Partial<PathEntry> = {}): PathEntry => ({
  path,
  type: 'file',
  sizeBytes: 10,
  state: 'processed',
  ...over,
})
const builtIn = (name: string): Workflow => {
  const definition = BUILT_IN.map(readDefinition).find((one) => one.name === name)!
  return { ...definition, id: 1, builtIn: true }
}
const SITES = { sites: ['one', 'two'], queues: ['default', 'fast'] }

describe('the steps of a run', () => {
  const send = builtIn('send')
  const run = { site: 'one', queue: 'fast', fields: { destinationsite: 'two', hydrate: true } }

  test('begin with the first action of the rule that takes the path, on the site of the run', () => {
    expect(stepsFor(send, run, [file('/a')])).toEqual([
      {
        name: 'dynamo.tasks.migrate',
        site: 'one',
        queue: 'fast',
        lane: 'worker',
        arguments: { premigrate: true },
        rule: 0,
        step: 0,
        entries: [file('/a')],
      },
    ])
  })

  test('go on with the paths that were processed, on the site that a field names', () => {
    const entries = [file('/a'), file('/b')]
    const outcomes = [
      { path: '/a', outcome: 'processed', message: '', movedBytes: 10, object: { target: 't', key: 'a.1' } },
      { path: '/b', outcome: 'failed', message: 'gone', movedBytes: 0 },
    ] as const
    const [next, ...more] = stepAfter(send, run, { rule: 0, step: 0 }, { entries, outcomes })
    expect(more).toEqual([])
    expect(next).toMatchObject({ site: 'two', queue: 'default', step: 1 })
    expect(next!.entries).toEqual([file('/a', { object: { target: 't', key: 'a.1' } })])
    expect(next!.arguments).toEqual({ hydrate: true })
  })

  test('end with the chain, or where nothing was processed', () => {
    const entries = [file('/a')]
    const failed = [{ path: '/a', outcome: 'skipped', message: '', movedBytes: 0 }] as const
    expect(stepAfter(send, run, { rule: 0, step: 0 }, { entries, outcomes: failed })).toEqual([])
    const processed = [{ path: '/a', outcome: 'processed', message: '', movedBytes: 0 }] as const
    expect(stepAfter(send, run, { rule: 0, step: 1 }, { entries, outcomes: processed })).toEqual([])
  })

  test('fall into batches of a thousand paths or four gibibytes', () => {
    const many = Array.from({ length: 2500 }, (_, index) => file(`/${index}`))
    expect(stepsFor(send, run, many).map(({ entries }) => entries.length)).toEqual([1000, 1000, 500])
    const large = [file('/a', { sizeBytes: 3 * 2 ** 30 }), file('/b', { sizeBytes: 3 * 2 ** 30 }), file('/c')]
    expect(stepsFor(send, run, large).map(({ entries }) => entries.map(({ path }) => path))).toEqual([
      ['/a'],
      ['/b', '/c'],
    ])
  })

  test('of a sync are told apart by what happened to the path, removals first', () => {
    const sync = builtIn('site_sync')
    const entries = [
      file('/new', { state: 'created' }),
      file('/gone', { state: 'deleted' }),
      file('/there', { state: 'moved', from: '/here' }),
      file('/same'),
    ]
    const steps = stepsFor(sync, { ...run, fields: { destinationsite: 'two' } }, entries)
    expect(steps.map((step) => [step.name, step.entries.map(({ path }) => path)])).toEqual([
      ['dynamo.tasks.delete_paths_from_gpfs', ['/gone']],
      ['dynamo.tasks.move_paths_on_gpfs', ['/there']],
      ['dynamo.tasks.migrate', ['/new']],
    ])
  })
})

describe('the fields of a submission', () => {
  const { fields } = builtIn('send')

  test('take their defaults, and leave out what is optional', () => {
    expect(settleFields(fields, { destinationsite: 'two' }, SITES)).toEqual({ destinationsite: 'two', hydrate: false })
  })

  test.each([
    [{}, 'fields.destinationsite', 'This field is required.'],
    [{ destinationsite: 'nowhere' }, 'fields.destinationsite', '"nowhere" is not a valid choice.'],
    [{ destinationsite: 'two', hydrate: 'perhaps' }, 'fields.hydrate', 'Must be a valid boolean.'],
    [{ destinationsite: 'two', hydrated: true }, 'fields.hydrated', 'This workflow has no such field.'],
  ])('%j is refused under its name', (given, field, message) => {
    expect(() => settleFields(fields, given, SITES)).toThrow(
      expect.objectContaining({ code: 'invalid', message, details: { field } }),
    )
  })

  test.each([
    ['int', '42', 42],
    ['int', -1, -1],
    ['bool', 'Yes', true],
    ['bool', 0, false],
    ['string', 5, '5'],
    ['choice', 2, '2'],
  ] as const)('of type %s take %j, as forms and shells write it', (type, given, value) => {
    const field = { name: 'a', label: 'a', type, choices: ['1', '2'], default: null, required: true }
    expect(settleFields([field], { a: given }, SITES)).toEqual({ a: value })
  })

  test.each([
    ['int', '4.5', 'A valid integer is required.'],
    ['int', true, 'A valid integer is required.'],
    ['bool', 2, 'Must be a valid boolean.'],
    ['string', true, 'Not a valid string.'],
    ['choice', '3', '"3" is not a valid choice.'],
    ['enum[site]', 'nowhere', '"nowhere" is not a valid choice.'],
    ['enum[queue]', 'slow', '"slow" is not a valid choice.'],
  ] as const)('of type %s do not take %j', (type, given, message) => {
    const field = { name: 'a', label: 'a', type, choices: ['1', '2'], default: null, required: true }
    expect(() => settleFields([field], { a: given }, SITES)).toThrow(message)
  })

  test('without a value leave the argument out', () => {
    const action = {
      name: 'x',
      site: '*destinationsite',
      queue: '*destinationqueue',
      arguments: { hydrate: '*hydrate' },
    }
    expect(resolveAction(action, { destinationsite: 'two' })).toEqual({
      name: 'x',
      site: 'two',
      queue: null,
      arguments: {},
    })
    const command = { ...action, name: 'dynamo.custom.command' }
    expect(resolveAction(command, {}).arguments).toEqual({ hydrate: null })
  })
})

test('`default` gets what no other rule took', () => {
  const definition = readDefinition({
    name: 'w',
    label: 'w',
    icon_classes: [],
    fields: [],
    filter_rules: [
      { type: 'file', state: 'all', include: ['*.jpg'], action: [{ name: 'dynamo.tasks.migrate' }] },
      { type: 'all', state: 'default', action: [{ name: 'dynamo.tasks.recall' }] },
    ],
  })
  const workflow = { ...definition, id: 1, builtIn: false }
  const steps = stepsFor(workflow, { site: 's', queue: 'default', fields: {} }, [
    file('/x.jpg'),
    file('/d.jpg', { type: 'directory' }),
    file('/y.txt'),
  ])
  expect(steps.map((step) => [step.name, step.entries.map(({ path }) => path)])).toEqual([
    ['dynamo.tasks.migrate', ['/x.jpg']],
    ['dynamo.tasks.recall', ['/d.jpg', '/y.txt']],
  ])
})
