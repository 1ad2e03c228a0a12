import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import { ledgerFile } from '../../../src/executor/mover-protocol.ts'
import { openSiteLedger } from '../../../src/store/sqlite/site/ledger.ts'
import { idOf } from '../../../src/workflow/mover/file/open-file.ts'
import { MoverYard, PATIENCE } from '../../support/mover-yard.ts'
import { isAlive } from '../../support/processes.ts'

function plant(yard: MoverYard, count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => `d${index % 10}/f${index}`)
  for (let folder = 0; folder < 10; folder += 1) mkdirSync(yard.path(`d${folder}`))
  for (const name of names) writeFileSync(yard.path(name), `the text of ${name}\n`.repeat(400))
  return names
}

function discover(yard: MoverYard, jobId: number, after: { cursor: string | null; sequence: number }): void {
  const { site } = yard
  yard.desk.orders.set(jobId, {
    ...{ kind: 'discovery', run: 1, task: jobId, name: 'dynamo.tasks.recursive_navigate', site, identity: null },
    ...{ technique: 'recursive', paths: [yard.root], manifest: 'm', arguments: {}, ...after },
  })
}

test('a discovery tells everything once, each finding stored before the next but a few', async () => {
  const yard = new MoverYard()
  plant(yard, 2500)
  await yard.open()
  discover(yard, 1, { cursor: null, sequence: 0 })
  yard.start(1)
  expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
  const findings = yard.desk.findings.map(({ finding }) => finding)
  expect(findings.map(({ sequence }) => sequence)).toEqual(findings.map((_, index) => index))
  const paths = findings.flatMap(({ entries }) => entries).filter(({ type }) => type === 'file')
  expect(new Set(paths.map(({ path }) => path)).size).toBe(2500)
  expect(paths).toHaveLength(2500)
})

test('a discovery whose worker dies goes on where its last stored finding ended', async () => {
  const yard = new MoverYard()
  plant(yard, 2500)
  await yard.open()
  discover(yard, 1, { cursor: null, sequence: 0 })
  const found = yard.desk.found.bind(yard.desk)
  let isHeld = true
  yard.desk.found = async (attempt, finding) => {
    await vi.waitUntil(() => finding.sequence === 0 || !isHeld, PATIENCE)
    await found(attempt, finding)
  }
  yard.start(1)
  await vi.waitUntil(() => yard.desk.findings.length === 1, PATIENCE)
  process.kill(yard.workers()[0]!, 'SIGKILL')
  const lost = await yard.log.next('lost', 1)
  isHeld = false
  // Those that were on their way are stored, or are not, before the next attempt asks.
  await vi.waitUntil(() => yard.desk.findings.length > 0, PATIENCE)
  yard.executor.stored([lost])
  const last = yard.desk.findings.at(-1)!.finding
  discover(yard, 1, { cursor: last.cursor, sequence: last.sequence + 1 })
  yard.start(1, 2)
  expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
  const bySequence = new Map(yard.desk.findings.map(({ finding }) => [finding.sequence, finding]))
  const paths = [...bySequence.values()].flatMap(({ entries }) => entries).filter(({ type }) => type === 'file')
  expect(new Set(paths.map(({ path }) => path)).size).toBe(2500)
})

test('a batch that a worker dies over is done by the next, and every file is whole', async () => {
  const yard = new MoverYard()
  const names = plant(yard, 600)
  await yard.open()
  yard.step(1, 'dynamo.tasks.migrate', { names })
  yard.start(1)
  const bucket = join(yard.dataDir, 'bucket')
  const isUnderWay = () => readdirSync(bucket, { recursive: true }).length > 20
  await vi.waitUntil(isUnderWay, { timeout: 20_000, interval: 1 })
  process.kill(yard.workers()[0]!, 'SIGKILL')
  const first = await Promise.race([yard.log.next('lost', 1), yard.log.next('exited', 1)])
  yard.executor.stored([first])
  if (first.kind === 'lost') {
    yard.start(1, 2)
    await yard.endOf(1)
  }
  const [end] = yard.desk.endsOf(1)
  expect(end?.failure).toBeNull()
  expect(end?.outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(end?.outcomes).toHaveLength(600)
  expect(names.every((name) => statSync(yard.path(name)).blocks === 0)).toBe(true)
  yard.step(2, 'dynamo.tasks.recall', { names })
  yard.start(2)
  expect(await yard.endOf(2)).toMatchObject({ exitCode: 0 })
  for (const name of names) expect(readFileSync(yard.path(name), 'utf8')).toBe(`the text of ${name}\n`.repeat(400))
})

test('what a mover was killed over is put in order before the next does anything', async () => {
  const yard = new MoverYard()
  const names = plant(yard, 600)
  await yard.open()
  yard.step(1, 'dynamo.tasks.migrate', { names })
  yard.start(1)
  const journal = () => {
    const ledger = openSiteLedger(ledgerFile(yard.moverDir()), systemClock)
    using _closing = { [Symbol.dispose]: () => ledger.close() }
    return ledger.journal()
  }
  await vi.waitUntil(() => yard.workers().length > 0 && journal().length > 0, { timeout: 20_000, interval: 1 })
  await yard.killMover()
  yard.executor.stored([await yard.log.next('lost', 1)])
  yard.command(2, 'true {path}')
  yard.start(2)
  expect(await yard.endOf(2)).toMatchObject({ exitCode: 0 })
  expect(journal()).toEqual([])
})

/** A batch that takes its time, and has begun. */
async function slowBatch(): Promise<{ yard: MoverYard; names: string[] }> {
  const yard = new MoverYard({ bandwidthBytes: 4_000_000 })
  const names = plant(yard, 900)
  await yard.open()
  yard.step(1, 'dynamo.tasks.migrate', { names })
  yard.start(1)
  await vi.waitUntil(() => yard.desk.progresses.some(({ done }) => done > 0), PATIENCE)
  return { yard, names }
}

test('a yield ends a batch after the file in hand, and says what is left', async () => {
  const { yard, names } = await slowBatch()
  await yard.executor.signal({ jobId: 1, attempt: 1, action: 'yield' })
  expect(await yard.endOf(1)).toMatchObject({ exitCode: 0, signal: null })
  const [end] = yard.desk.endsOf(1)
  expect(end).toMatchObject({ stopped: false, failure: null })
  const left = new Set(end?.left)
  expect(left.size).toBeGreaterThan(0)
  expect(end?.outcomes.map(({ outcome }) => outcome === 'aborted')).toEqual(names.map((_, index) => left.has(index)))
  expect(names.map((name) => statSync(yard.path(name)).blocks > 8)).toEqual(names.map((_, index) => left.has(index)))
})

test('a yield reaches a task that its mover does not have yet', async () => {
  const yard = new MoverYard({ bandwidthBytes: 4_000_000 })
  const names = plant(yard, 900)
  await yard.open()
  yard.step(1, 'dynamo.tasks.migrate', { names })
  yard.desk.refusals = 1
  yard.start(1)
  await yard.executor.signal({ jobId: 1, attempt: 1, action: 'yield' })
  await yard.endOf(1)
  const [end] = yard.desk.endsOf(1)
  expect(end?.outcomes).toHaveLength(900)
  // It may have begun before it heard.
  expect(end?.left?.length).toBeGreaterThan(0)
  expect(end?.left?.length).toBe(end?.outcomes.filter(({ outcome }) => outcome === 'aborted').length)
})

test('a stop ends a batch after the group in hand, and says which were not begun', async () => {
  const { yard } = await slowBatch()
  await yard.executor.signal({ jobId: 1, attempt: 1, action: 'stop' })
  expect(await yard.endOf(1)).toMatchObject({ cause: 'stopped' })
  const [end] = yard.desk.endsOf(1)
  const kinds = new Set(end?.outcomes.map(({ outcome }) => outcome))
  expect(kinds).toEqual(new Set(['processed', 'aborted']))
})

test('a task that rests keeps its files as long as it does, and no longer than it lives', async () => {
  const yard = new MoverYard({ bandwidthBytes: 1_000 })
  writeFileSync(yard.path('large'), Buffer.alloc(20_000_000))
  await yard.open()
  yard.step(1, 'dynamo.tasks.migrate', { names: ['large'] })
  yard.start(1)
  await vi.waitUntil(() => readdirSync(join(yard.dataDir, 'bucket')).length > 0, PATIENCE)
  await yard.executor.signal({ jobId: 1, attempt: 1, action: 'suspend' })
  const ledger = openSiteLedger(ledgerFile(yard.moverDir()), { now: () => systemClock.now() + 86_400_000 })
  onTestFinished(() => ledger.close())
  const id = idOf(statSync(yard.path('large'), { bigint: true }))
  expect(ledger.lock([id], 'another', 0)).toEqual([])
  await yard.executor.signal({ jobId: 1, attempt: 1, action: 'stop', signals: ['KILL'] })
  await yard.endOf(1)
  yard.command(2, 'true {path}', ['large'])
  yard.start(2)
  await yard.endOf(2)
  expect(ledger.lock([id], 'another', 0)).toEqual([id])
})

test('another limit of bandwidth holds for what runs, and for a server that comes back', async () => {
  const yard = new MoverYard({ bandwidthBytes: 1_000 })
  writeFileSync(yard.path('large'), Buffer.alloc(20_000_000))
  await yard.open()
  yard.step(1, 'dynamo.tasks.migrate', { names: ['large'] })
  yard.start(1)
  await vi.waitUntil(() => yard.workers().length > 0, PATIENCE)
  yard.bandwidths.change('site1', 2_000)
  await yard.leave()
  yard.bandwidths.change('site1', 0)
  await yard.open()
  // In five and a half hours, if the first limit held.
  expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
})

test.runIf(process.getuid?.() === 0)('a batch touches files with the rights of its submitter alone', async () => {
  const yard = new MoverYard()
  const names = plant(yard, 4)
  for (const name of names.slice(0, 2)) chownSync(yard.path(name), 65534, 65534)
  for (let folder = 0; folder < 10; folder += 1) chownSync(yard.path(`d${folder}`), 65534, 65534)
  chownSync(yard.root, 65534, 65534)
  await yard.open()
  const identity = { name: 'nobody', uid: 65534, gid: 65534, groups: [65534] }
  yard.step(1, 'dynamo.tasks.migrate', { names, identity })
  yard.start(1)
  await yard.endOf(1)
  const outcomes = yard.desk.endsOf(1)[0]?.outcomes ?? []
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['processed', 'processed', 'failed', 'failed'])
  expect(outcomes[2]?.message).toContain('nobody may not')
  const [worker] = yard.workers()
  const status = readFileSync(`/proc/${worker}/status`, 'latin1')
  expect(status).toMatch(/^Uid:\t0\t0\t0\t0$/m)
  expect(isAlive(worker!)).toBe(true)
})
