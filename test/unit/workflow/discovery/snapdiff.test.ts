import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { discover } from '../../../../src/workflow/discovery/discovery.ts'
import type { DiscoveryOrder, Finding } from '../../../../src/workflow/task-order.ts'
import { testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

let one: MoverSite
const at = (name: string) => `${one.root}/${name}`
const make = (...names: string[]) => {
  for (const name of names) {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), name)
    // Inode numbers are given again at once; two files of one test never have the same time.
    clock += 1
    utimesSync(at(name), 1e9, 1e9 + clock)
  }
}
let clock = 0

beforeEach(() => {
  one = makeMoverSite(testFolder())
})

const order = (given: Partial<DiscoveryOrder>): DiscoveryOrder => ({
  kind: 'discovery',
  technique: 'snapdiff',
  run: 1,
  task: 1,
  name: 'dynamo.tasks.snapdiff',
  site: one.site,
  identity: null,
  arguments: {},
  paths: [one.root],
  cursor: null,
  manifest: 'm',
  sequence: 0,
  ...given,
})

async function diff(given: Partial<DiscoveryOrder> = {}) {
  const findings: Finding[] = []
  const found = async (finding: Finding) => void findings.push(finding)
  const { failure } = await discover(order(given), { ...one.parts, found, sequence: 0 })
  const short = (path: string) => path.slice(one.root.length + 1)
  const changes = findings.flatMap(({ entries }) =>
    entries.map(({ state, path, from }) => `${state} ${from === undefined ? '' : `${short(from)} → `}${short(path)}`),
  )
  return { changes, failure, findings }
}

const accept = () => one.run('rotate_snapshot', [one.root], { arguments: { manifest: 'm' } })

async function accepted(...names: string[]) {
  make(...names)
  await diff()
  await accept()
}

test('takes everything as created on the first run, and again until the run ended well', async () => {
  make('a', 'd/b')
  symlinkSync('a', at('l'))
  const first = ['created a', 'created d', 'created d/b', 'created l']
  expect((await diff()).changes).toEqual(first)
  expect((await diff()).changes).toEqual(first)
  await accept()
  expect((await diff()).changes).toEqual([])
})

test('is accepted once, however often the rotation is done, also when nothing is left', async () => {
  await accepted('a')
  await accept()
  expect((await diff()).changes).toEqual([])
  unlinkSync(at('a'))
  expect((await diff()).changes).toEqual(['deleted a'])
  await accept()
  await accept()
  expect((await diff()).changes).toEqual([])
})

test('tells what came, changed, moved and went, removals and moves first', async () => {
  await accepted('gone', 'changed', 'mode', 'here', 'dir/inner', 'dir/other', 'stays')
  unlinkSync(at('gone'))
  rmSync(at('dir'), { recursive: true })
  appendFileSync(at('changed'), '!')
  chmodSync(at('mode'), 0o600)
  renameSync(at('here'), at('there'))
  make('new/file')
  expect((await diff()).changes).toEqual([
    'deleted dir/inner',
    'deleted dir/other',
    'deleted gone',
    'moved here → there',
    'deleted dir',
    'updated changed',
    'updated mode',
    'created new',
    'created new/file',
  ])
})

test('tells of a folder that was moved once, and of what changed in it at its new place', async () => {
  await accepted('old/a', 'old/sub/b', 'old/c', 'old/d', 'old/empty/x')
  renameSync(at('old'), at('new'))
  appendFileSync(at('new/sub/b'), '!')
  unlinkSync(at('new/c'))
  make('new/e')
  renameSync(at('new/d'), at('new/f'))
  rmSync(at('new/empty'), { recursive: true })
  const { changes } = await diff()
  expect(changes).toEqual([
    'deleted old/c',
    'deleted old/empty/x',
    'moved old → new',
    'moved new/d → new/f',
    'deleted new/empty',
    'created new/e',
    'updated new/sub/b',
  ])
})

test('tells of each file of a moved folder where moves are not condensed', async () => {
  await accepted('old/a', 'old/b')
  renameSync(at('old'), at('new'))
  const { changes } = await diff({ arguments: { condense_moves: false } })
  expect(changes).toEqual(['moved old/a → new/a', 'moved old/b → new/b', 'deleted old', 'created new'])
})

test('takes a file that was replaced for updated, and one of another kind for another', async () => {
  await accepted('f', 'g')
  make('draft')
  renameSync(at('draft'), at('f'))
  unlinkSync(at('g'))
  make('g/inside')
  expect((await diff()).changes).toEqual(['deleted g', 'updated f', 'created g', 'created g/inside'])
})

test('takes another name of the same file for new, and its removal for a removal', async () => {
  await accepted('a')
  linkSync(at('a'), at('b'))
  expect((await diff()).changes).toEqual(['updated a', 'created b'])
  await accept()
  unlinkSync(at('a'))
  expect((await diff()).changes).toEqual(['deleted a', 'updated b'])
})

test('goes on after any batch with the rest, whatever became of the tree since', async () => {
  const names = Array.from({ length: 2200 }, (_, index) => `${index % 5}/f${index}`)
  await accepted(...names)
  for (const name of names.slice(0, 1500)) unlinkSync(at(name))
  make(...Array.from({ length: 1800 }, (_, index) => `n${index % 4}/f${index}`))
  rmSync(at('4'), { recursive: true })
  const whole = await diff()
  expect(whole.findings.length).toBeGreaterThan(2)
  make('later')
  for (const [index, { cursor }] of whole.findings.entries()) {
    const told = whole.findings.slice(0, index + 1).reduce((sum, { entries }) => sum + entries.length, 0)
    expect((await diff({ cursor })).changes).toEqual(whole.changes.slice(told))
  }
})

test('drops what came with an old change time where that is asked for', async () => {
  await accepted('a')
  make('b')
  expect((await diff({ arguments: { skip_old_ctimes: true } })).changes).toEqual(['created b'])
})

test('compares nothing when the tree is not there, or more than one is given', async () => {
  await accepted('a')
  expect((await diff({ paths: [at('x')] })).failure).toMatch(/x cannot be read \(there is no such file\)/)
  expect((await diff({ paths: [at('x'), at('y')] })).failure).toMatch(/exactly one path/)
})
