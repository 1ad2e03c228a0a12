import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { discover } from '../../../../src/workflow/discovery/discovery.ts'
import { comparePaths } from '../../../../src/workflow/discovery/path-order.ts'
import { bytesOfPath, textOfPath } from '../../../../src/workflow/path-name.ts'
import type { DiscoveryOrder, Finding } from '../../../../src/workflow/task-order.ts'
import { testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

let one: MoverSite
const at = (name: string) => `${one.root}/${name}`

beforeEach(() => {
  one = makeMoverSite(testFolder())
})

function makeTree(names: readonly string[]): void {
  for (const name of names) {
    const path = at(name)
    mkdirSync(bytesOfPath(path.slice(0, path.lastIndexOf('/'))), { recursive: true })
    if (name.endsWith('/')) mkdirSync(bytesOfPath(path), { recursive: true })
    else writeFileSync(bytesOfPath(path), name)
  }
}

const order = (given: Partial<DiscoveryOrder> = {}): DiscoveryOrder => ({
  kind: 'discovery',
  technique: 'recursive',
  run: 1,
  task: 1,
  name: 'dynamo.tasks.recursive_navigate',
  site: one.site,
  identity: null,
  arguments: {},
  paths: [one.root],
  cursor: null,
  manifest: 'm',
  sequence: 0,
  ...given,
})

async function search(given: Partial<DiscoveryOrder> = {}, found: (finding: Finding) => void = () => undefined) {
  const findings: Finding[] = []
  const tell = async (finding: Finding) => {
    found(finding)
    findings.push(finding)
  }
  const { outcomes, failure } = await discover(order(given), { ...one.parts, found: tell, sequence: 0 })
  const paths = findings.flatMap(({ entries }) => entries.map(({ path }) => path.slice(one.root.length + 1)))
  return { findings, paths, outcomes, failure }
}

test('finds files, folders and links in the order of their bytes, and follows no link', async () => {
  makeTree(['b/z', 'b/a', 'b-c', 'b!', 'a', 'é/x', '🎈'])
  symlinkSync('/', at('link'))
  writeFileSync(bytesOfPath(at(textOfPath(Buffer.from([0xff])))), '')
  const { paths, findings, failure } = await search()
  expect(failure).toBeNull()
  expect(paths).toEqual(['a', 'b', 'b!', 'b-c', 'b/a', 'b/z', 'link', 'é', 'é/x', '🎈', '\udcff'])
  expect(findings[0]?.entries[0]).toEqual({ path: at('a'), type: 'file', sizeBytes: 1, state: 'processed' })
  expect(findings[0]?.entries.find(({ path }) => path === at('link'))?.type).toBe('symlink')
})

test('goes on after any batch with what comes after it, and nothing twice', async () => {
  makeTree(Array.from({ length: 2500 }, (_, index) => `${index % 7}/${index % 3 ? `${index}-x` : `${index}/y`}`))
  const whole = await search()
  expect(whole.findings.length).toBeGreaterThan(3)
  expect(whole.paths).toEqual(whole.paths.toSorted(comparePaths))
  for (const [index, { cursor }] of whole.findings.entries()) {
    const rest = await search({ cursor })
    const told = whole.findings.slice(0, index + 1).reduce((sum, { entries }) => sum + entries.length, 0)
    expect(rest.paths).toEqual(whole.paths.slice(told))
  }
})

test('waits while three batches are being stored', async () => {
  makeTree(Array.from({ length: 6000 }, (_, index) => `f${index}`))
  const waiting: (() => void)[] = []
  const heard = Promise.withResolvers<void>()
  const found = ({ sequence }: Finding) =>
    new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (sequence === 2) heard.resolve()
    })
  const done = discover(order(), { ...one.parts, found, sequence: 0 })
  await heard.promise
  await new Promise((resolve) => setImmediate(resolve))
  expect(waiting).toHaveLength(3)
  const release = setInterval(() => waiting.splice(0).forEach((resolve) => void resolve()), 1)
  expect((await done).failure).toBeNull()
  clearInterval(release)
})

test('takes files that are given as they are, each once', async () => {
  makeTree(['d/f', 'g'])
  const { paths } = await search({ paths: [at('g'), at('d'), at('d/f'), at('g')] })
  expect(paths).toEqual(['g', 'd/f'])
})

test('tells of what is missing, outside or not readable, and goes on', async () => {
  makeTree(['f'])
  const { paths, outcomes, failure } = await search({ paths: [at('x'), '/etc', at('../up'), at('f')] })
  expect(failure).toBeNull()
  expect(paths).toEqual(['f'])
  expect(outcomes.map(({ message }) => message)).toEqual([
    'there is no such file',
    expect.stringMatching(/outside of the site's roots/),
    expect.stringMatching(/plain absolute path/),
  ])
  expect((await search({ paths: [at('x')], arguments: { skip_missing: true } })).paths).toEqual(['x'])
})

test('does not enter folders that are excluded as a whole', async () => {
  makeTree(['keep/a', 'drop/b', 'deep/drop/c'])
  const { paths } = await search({ arguments: { exclude: ['**/drop/**', '*.tmp'] } })
  expect(paths).toEqual(['deep', 'deep/drop', 'drop', 'keep', 'keep/a'])
})

test('never leaves the root when folders are swapped for links while it walks', async () => {
  const outside = testFolder()
  writeFileSync(join(outside, 'secret'), '')
  makeTree(Array.from({ length: 4200 }, (_, index) => `a${index}`))
  makeTree(['z/inside'])
  let swapped = false
  const swap = () => {
    if (swapped) return
    swapped = true
    renameSync(at('z'), join(outside, 'z'))
    symlinkSync(outside, at('z'))
  }
  const { paths, outcomes } = await search({}, swap)
  expect(paths.filter((path) => path.includes('secret'))).toEqual([])
  expect(outcomes).toMatchObject([{ path: at('z'), outcome: 'failed' }])
})

test('ends when it is told to, and is whole again from its cursor', async () => {
  makeTree(Array.from({ length: 3000 }, (_, index) => `f${index}`))
  const findings: Finding[] = []
  const ending = new AbortController()
  const found = async (finding: Finding) => {
    findings.push(finding)
    ending.abort()
  }
  const parts = { ...one.parts, found, sequence: 0 }
  const result = await discover(order(), { ...parts, ending: ending.signal })
  expect(result).toEqual({ outcomes: [], failure: null, left: [] })
  expect(findings).toHaveLength(1)
  await discover(order({ cursor: findings[0]!.cursor }), { ...parts, sequence: 1 })
  const paths = findings.flatMap(({ entries }) => entries.map(({ path }) => path))
  expect(paths).toHaveLength(3000)
  expect(new Set(paths).size).toBe(3000)
})

test.skipIf(process.geteuid?.() !== 0)('reads with the rights of the submitter', async () => {
  makeTree(['open/f', 'closed/g'])
  chmodSync(at('closed'), 0o700)
  for (const path of [one.root, join(one.root, '..')]) chmodSync(path, 0o755)
  const identity = { name: 'nobody', uid: 65534, gid: 65534, groups: [] }
  const switchTo = (to: typeof identity | null) => {
    process.seteuid!(0)
    if (to !== null) process.seteuid!(to.uid)
  }
  const found: Finding[] = []
  const parts = { ...one.parts, switchTo, sequence: 0, found: async (finding: Finding) => void found.push(finding) }
  const { outcomes } = await discover(order({ identity }), parts)
  expect(found[0]?.entries.map(({ path }) => path)).toEqual([at('closed'), at('open'), at('open/f')])
  expect(outcomes).toMatchObject([{ path: at('closed'), message: /nobody may not/ }])
  rmSync(at('closed'), { recursive: true })
})
