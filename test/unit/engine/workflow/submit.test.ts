import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Submission } from '../../../../src/engine/workflow/workflows.ts'
import { testFolder } from '../../../support/folder.ts'
import { aCaller } from '../../../support/house.ts'
import { aSite, WorkflowHouse } from '../../../support/workflow-house.ts'

const admin = aCaller('root', 'admin')

const MINE = {
  name: 'mine',
  label: 'Mine',
  icon_classes: [],
  fields: [{ name: 'where', type: 'string' }],
  filter_rules: [
    {
      type: 'directory',
      state: 'all',
      action: [{ name: 'dynamo.custom.command', command: 'ls {path}', site: '*where' }],
    },
  ],
}

const SIZED = {
  name: 'sized',
  label: 'Sized',
  icon_classes: [],
  discovery: 'recursive',
  discovery_options: { skip_missing: true },
  fields: [{ name: 'size', type: 'string' }],
  filter_rules: [{ type: 'all', state: 'all', action: [{ name: 'dynamo.tasks.migrate', stub_size: '*size' }] }],
}

describe('a submission is refused, naming the field', () => {
  test.each<[string, Partial<Submission>, string, string]>([
    ['workflow', { workflow: 'none' }, 'workflow', 'Object with name=none does not exist.'],
    ['site', { site: 'mars' }, 'site', 'Object with name=mars does not exist.'],
    ['queue', { queue: 'slow' }, 'queue', 'Object with name=slow does not exist.'],
    ['list of nothing', { paths: [] }, 'paths', 'This list may not be empty.'],
    ['relative path', { paths: [{ path: 'data/x' }] }, 'paths', '"data/x" is no absolute path.'],
    ['way out', { paths: [{ path: '/data/../etc' }] }, 'paths', expect.stringContaining('is outside of the site one')],
    ['neighbour of a root', { paths: [{ path: '/database' }] }, 'paths', expect.stringContaining('is outside')],
    ['NUL', { paths: [{ path: '/data/\0' }] }, 'paths', expect.stringContaining('no NUL')],
    ['endless path', { paths: [{ path: `/data/${'ü'.repeat(2046)}` }] }, 'paths', expect.stringContaining('4095')],
    ['discovery', { discovery: 'foo' as 'recursive' }, 'discovery', '"foo" is not a valid choice.'],
    ['two ways at once', { discovery: 'bidirectional_snapdiff' }, 'discovery', expect.stringContaining('schedule')],
    [
      'two trees',
      { discovery: 'snapdiff', paths: [{ path: '/data/a' }, { path: '/data/b' }] },
      'paths',
      expect.stringContaining('exactly one'),
    ],
    ['field', { workflow: 'send' }, 'fields.destinationsite', 'This field is required.'],
    ['stranger', { fields: { x: 1 } }, 'fields.x', 'This workflow has no such field.'],
    ['place of a step', { workflow: 'mine', fields: { where: 'mars' } }, 'fields.where', 'There is no site mars.'],
    [
      'argument',
      { workflow: 'sized', fields: { size: 'x' } },
      'fields.size',
      expect.stringMatching(/^stub_size is "x"/),
    ],
  ])('%s', async (_what, changes, field, message) => {
    const house = await new WorkflowHouse().open()
    await house.workflows.create(admin, MINE)
    await house.workflows.create(admin, SIZED)
    await expect(house.submit(changes)).rejects.toMatchObject({ code: 'invalid', message, details: { field } })
    expect(await house.run(1).catch(() => 'none')).toBe('none')
  })

  test('a disabled workflow', async () => {
    const house = await new WorkflowHouse().open()
    const [first] = await house.workflows.list()
    await house.workflows.change(admin, first!.id, { enabled: false }, true)
    await expect(house.submit()).rejects.toMatchObject({ code: 'invalid', details: { field: 'workflow' } })
  })
})

test.each([
  [undefined, { skip_missing: true }],
  ['snapdiff', {}],
] as const)(
  'the options of a workflow are about its own discovery: with %s a mover gets %j',
  async (discovery, given) => {
    const house = await new WorkflowHouse().open()
    await house.workflows.create(admin, SIZED)
    const { id } = await house.submit({ workflow: 'sized', fields: { size: 0 }, discovery })
    const [task] = await house.tasks(id)
    expect((await house.order(task!.id)).arguments).toEqual(given)
  },
)

describe('definitions', () => {
  test('the built-in ones are there, cannot be changed but for being enabled, and survive a restart so', async () => {
    const house = await new WorkflowHouse().open()
    const before = await house.workflows.list()
    expect(before.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['migrate', 'premigrate', 'recall', 'send', 'site_sync', 'bidirectional_sync']),
    )
    const { id } = before[0]!
    await expect(house.workflows.remove(admin, id)).rejects.toMatchObject({ code: 'conflict' })
    await expect(house.workflows.change(admin, id, { label: 'x' }, true)).rejects.toMatchObject({ code: 'conflict' })
    await house.workflows.change(admin, id, { enabled: false }, true)
    await house.close()
    await house.open()
    expect(await house.workflows.list()).toEqual(
      before.map((one) => (one.id === id ? { ...one, enabled: false } : one)),
    )
  })

  test('are written by administrators alone', async () => {
    const house = await new WorkflowHouse().open()
    await expect(house.workflows.create(aCaller(), MINE)).rejects.toMatchObject({ code: 'forbidden' })
    const mine = await house.workflows.create(admin, MINE)
    await expect(house.workflows.create(admin, MINE)).rejects.toMatchObject({ code: 'conflict' })
    expect(await house.workflows.change(admin, mine.id, { label: 'Ours' }, true)).toMatchObject({
      label: 'Ours',
      fields: [{}],
    })
    await house.workflows.remove(admin, mine.id)
    await expect(house.workflows.remove(admin, mine.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('without discovery a path is what stands there: a folder is itself, what is missing a file', async () => {
  const root = testFolder()
  mkdirSync(join(root, 'folder'))
  writeFileSync(join(root, 'file'), 'twelve bytes')
  symlinkSync('/etc', join(root, 'link'))
  const house = await new WorkflowHouse([aSite('one', { roots: [root] }), aSite('two')]).open()
  const paths = ['folder', 'file', 'link/', 'gone'].map((name) => ({ path: `${root}/${name}` }))
  const run = await house.submit({ discovery: null, paths })
  const [task] = await house.tasks(run.id)
  const { entries } = await house.workflows.paths(aCaller(), task!.id)
  expect(entries.map(({ type, sizeBytes }) => [type, sizeBytes])).toEqual([
    ['directory', 0],
    ['file', 12],
    ['symlink', 0],
    ['file', 0],
  ])
})

test('a run that no rule takes has nothing to do', async () => {
  const house = await new WorkflowHouse().open()
  await house.workflows.create(admin, MINE)
  expect(await house.submit({ workflow: 'mine', fields: { where: 'one' } })).toMatchObject({ state: 'skipped' })
})

describe('a folder of a site', () => {
  async function aTree() {
    const root = testFolder()
    mkdirSync(join(root, 'folder/below'), { recursive: true })
    writeFileSync(join(root, 'folder/file'), 'twelve bytes')
    symlinkSync('/etc', join(root, 'out'))
    const house = await new WorkflowHouse([aSite('one', { roots: [root] }), aSite('two')]).open()
    return { house, root }
  }

  test('is shown with what stands in it', async () => {
    const { house, root } = await aTree()
    const { self, children } = await house.workflows.browse(aCaller(), 'one', join(root, 'folder'))
    expect(self).toMatchObject({ name: 'folder', type: 'directory' })
    expect(children).toMatchObject([
      { name: 'below', type: 'directory', status: 'resident' },
      { name: 'file', type: 'file', sizeBytes: 12, path: join(root, 'folder/file') },
    ])
    expect((await house.workflows.browse(aCaller(), 'one', join(root, 'folder/file'))).children).toEqual([])
  })

  test('is not left by a link, nor by dots', async () => {
    const { house, root } = await aTree()
    const browse = (path: string) => house.workflows.browse(aCaller(), 'one', path)
    await expect(browse(join(root, 'out', 'passwd'))).rejects.toMatchObject({ code: 'not_found' })
    expect(await browse(join(root, 'out'))).toMatchObject({ self: { type: 'symlink' }, children: [] })
    await expect(browse(`${root}/../..`)).rejects.toMatchObject({ code: 'invalid' })
    await expect(browse(join(root, 'none'))).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is searched', async () => {
    const { house, root } = await aTree()
    const request = { path: root, sites: ['one'], recursive: true, metadataFields: ['core.size'], merge: false }
    const { searches } = house.keeping
    const filters = { 'core.filename': 'f*', 'core.size': { gt: 5 }, 'core.type': '!directory' }
    const id = await searches.start(aCaller(), { ...request, filters })
    await expect.poll(async () => (await searches.get(aCaller(), id)).isComplete).toBe(true)
    expect(await searches.hits(aCaller(), id, { offset: 0, limit: 10 })).toEqual([
      { site: 'one', name: 'file', path: join(root, 'folder/file'), metadata: { 'core.size': 12 } },
    ])
    await expect(searches.get(aCaller('bob'), id)).rejects.toMatchObject({ code: 'not_found' })
    const wrong = { ...request, filters: { 'core.size': { near: 5 } } }
    await expect(searches.start(aCaller(), wrong)).rejects.toMatchObject({ details: { field: 'filters' } })
  })
})
