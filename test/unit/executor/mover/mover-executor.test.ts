import { chmodSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { RunSample } from '../../../../src/executor/executor.ts'
import { MoverYard, PATIENCE, programsOf } from '../../../support/mover-yard.ts'
import { isAlive, linesOf, stateOf } from '../../../support/processes.ts'

/** Waits for a file, and says so in one of its own. */
const gate = (yard: MoverYard, name = 'gate') =>
  `sh -c 'echo $$ >> ${yard.path(`${name}.started`)}; until [ -e ${yard.path(`${name}.open`)} ]; do sleep 0.02; done' x {path}`
const hasStarted = (yard: MoverYard, times = 1, name = 'gate') =>
  vi.waitUntil(() => linesOf(yard.path(`${name}.started`)).length >= times, PATIENCE)
const openGate = (yard: MoverYard, name = 'gate') => writeFileSync(yard.path(`${name}.open`), '')

async function openYard(): Promise<MoverYard> {
  const yard = new MoverYard()
  await yard.open()
  return yard
}

/** Task 1 runs, and waits for the gate. */
async function startGated(yard: MoverYard, names?: readonly string[]): Promise<void> {
  yard.command(1, gate(yard), names)
  yard.start(1)
  await hasStarted(yard)
}

test('a site whose mover hangs is out of reach after a while, and back with its next word', async () => {
  const yard = await openYard()
  const isReachable = () => yard.executor.host().capacity['Lane:site1.default.worker'] === 4
  await startGated(yard)
  yard.silenceMs = 1000
  const [mover] = yard.moverPids()
  process.kill(mover!, 'SIGSTOP')
  await vi.waitUntil(() => !isReachable(), PATIENCE)
  process.kill(mover!, 'SIGCONT')
  await vi.waitUntil(isReachable, PATIENCE)
  openGate(yard)
  expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
})

describe('a task', () => {
  test('runs in a mover that is started for it, and its outcomes are stored before its end is told', async () => {
    const yard = await openYard()
    expect(yard.log.events).toMatchObject([{ kind: 'connected', inventory: { running: [] } }])
    expect(yard.moverPids()).toEqual([])
    yard.command(1, 'test -e {path}', ['a', 'b'])
    writeFileSync(yard.path('a'), 'x')
    yard.start(1)
    const facts = await yard.log.exitOf(1)
    expect(facts).toMatchObject({ exitCode: 1, signal: null, reason: expect.stringContaining('1 of 2 paths failed') })
    expect(facts.cpuMs).toBeGreaterThanOrEqual(0)
    expect(yard.desk.endsOf(1)).toMatchObject([
      {
        ...{ failure: null, stopped: false },
        outcomes: [{ outcome: 'processed' }, { outcome: 'failed', message: 'it exited with status 1' }],
      },
    ])
    expect(yard.booked()).toEqual(['1.1'])
    yard.executor.stored([{ jobId: 1, attempt: 1 }])
    await vi.waitUntil(() => yard.booked().length === 0, PATIENCE)
  })

  test('shows what it uses while it runs, without what its worker used before', async () => {
    const yard = await openYard()
    const burn = `sh -c 'timeout 2 sh -c "while :; do :; done"; true' {path}`
    for (const id of [1, 2]) {
      const runs: RunSample[] = []
      yard.executor.watch((samples) => runs.push(...samples.runs))
      yard.command(id, id === 1 ? burn : "sh -c 'sleep 2' {path}")
      yard.start(id)
      await yard.endOf(id)
      expect(runs[0]).toMatchObject({ jobId: id, attempt: 1, ramMb: expect.any(Number), threads: expect.any(Number) })
      const cpuMs = runs.at(-1)!.cpuMs
      if (id === 1) expect(cpuMs).toBeGreaterThan(300)
      else expect(cpuMs).toBeLessThan(300)
    }
  })

  test('waits until the desk can say what it is, and its end until the desk can take it', async () => {
    const yard = await openYard()
    yard.command(1, 'true {path}')
    yard.desk.refusals = 1
    yard.start(1)
    await vi.waitUntil(() => yard.workers().length === 1, PATIENCE)
    yard.desk.refusals = 1
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
    expect(yard.desk.endsOf(1)).toHaveLength(1)
  })

  test('that is none, or of a site that is no more, ends at once with the reason', async () => {
    const yard = new MoverYard()
    await yard.open([])
    yard.start(1)
    expect(await yard.endOf(1)).toMatchObject({ cause: 'start', reason: expect.stringContaining('no such task') })
    yard.command(2, 'true {path}')
    yard.start(2)
    expect(await yard.endOf(2)).toMatchObject({ cause: 'start', reason: 'There is no site site1 any more.' })
    expect(yard.desk.endsOf(1)).toEqual([])
    expect(yard.desk.endsOf(2)).toMatchObject([{ failure: 'There is no site site1 any more.' }])
  })

  test('goes to a worker of its own, which then does the next', async () => {
    const yard = await openYard()
    for (const id of [1, 2]) {
      yard.command(id, gate(yard))
      yard.start(id)
    }
    await hasStarted(yard, 2)
    expect(yard.workers()).toHaveLength(2)
    const workers = yard.workers()
    openGate(yard)
    await Promise.all([yard.endOf(1), yard.endOf(2)])
    yard.command(3, 'true {path}')
    yard.start(3)
    await yard.endOf(3)
    expect(yard.workers()).toEqual(workers)
  })
})

describe('lanes', () => {
  test('are offered for every queue, with its threads, and none without a connection', async () => {
    const yard = new MoverYard({
      queues: [
        { name: 'default', threads: 3 },
        { name: 'big', threads: 1 },
      ],
    })
    await yard.open()
    expect(yard.executor.host().capacity).toEqual({
      ...{ 'Lane:site1.default.worker': 3, 'Lane:site1.default.discovery': 3, 'Lane:site1.default.custom': 3 },
      ...{ 'Lane:site1.default.interactive': 3, 'Lane:site1.default.settings': 3 },
      ...{ 'Lane:site1.big.worker': 1, 'Lane:site1.big.discovery': 1, 'Lane:site1.big.custom': 1 },
    })
    await yard.leave()
    expect(Object.values(yard.executor.host().capacity)).toEqual(Array(8).fill(0))
  })
})

describe('control', () => {
  test('a stop ends the command in hand and leaves what was not begun', async () => {
    const yard = await openYard()
    await startGated(yard, ['a', 'b'])
    await yard.executor.signal({ jobId: 1, attempt: 1, action: 'stop' })
    expect(await yard.endOf(1)).toMatchObject({ cause: 'stopped' })
    expect(yard.desk.endsOf(1)).toMatchObject([
      { stopped: true, outcomes: [{ outcome: 'aborted' }, { outcome: 'aborted' }] },
    ])
    const [shell] = linesOf(yard.path('gate.started')).map(Number)
    await vi.waitUntil(() => !isAlive(shell!), PATIENCE)
  })

  test('a suspension holds the worker and its command, and a resumption lets both go on', async () => {
    const yard = await openYard()
    await startGated(yard)
    await yard.executor.signal({ jobId: 1, attempt: 1, action: 'suspend' })
    await yard.log.next('suspended', 1)
    const [worker] = yard.workers()
    await vi.waitUntil(() => stateOf(worker!) === 'T', PATIENCE)
    await vi.waitUntil(() => stateOf(Number(linesOf(yard.path('gate.started'))[0])) === 'T', PATIENCE)
    await expect(yard.executor.signal({ jobId: 1, attempt: 1, action: 'suspend' })).rejects.toThrow('is suspended')
    openGate(yard)
    await yard.executor.signal({ jobId: 1, attempt: 1, action: 'resume' })
    await yard.log.next('resumed', 1)
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
  })

  test('a stop by force ends the worker with all that it started', async () => {
    const yard = await openYard()
    await startGated(yard)
    const [worker] = yard.workers()
    await yard.executor.signal({ jobId: 1, attempt: 1, action: 'stop', signals: ['KILL'] })
    expect(await yard.endOf(1)).toMatchObject({ cause: 'stopped', reason: 'The task was ended by force.' })
    expect(isAlive(worker!)).toBe(false)
    await vi.waitUntil(() => programsOf(worker!).length === 0, PATIENCE)
  })

  test('what does not run, and signals of any other kind, are refused', async () => {
    const yard = await openYard()
    await expect(yard.executor.signal({ jobId: 1, attempt: 1, action: 'stop' })).rejects.toThrow('does not run')
    await startGated(yard)
    await expect(yard.executor.signal({ jobId: 1, attempt: 1, action: 'signal', signals: ['USR1'] })).rejects.toThrow(
      'takes no signals',
    )
  })
})

describe('whatever is killed', () => {
  test('a worker: its task is lost with all that it started, and another attempt runs', async () => {
    const yard = await openYard()
    await startGated(yard)
    const [worker] = yard.workers()
    process.kill(worker!, 'SIGKILL')
    const lost = await yard.log.next('lost', 1)
    expect(lost.reason).toBe('its worker ended by SIGKILL')
    expect(isAlive(Number(linesOf(yard.path('gate.started'))[0]))).toBe(false)
    expect(yard.desk.ends).toEqual([])
    yard.executor.stored([lost])
    openGate(yard)
    yard.start(1, 2)
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
    expect(yard.desk.ends).toMatchObject([{ jobId: 1, attempt: 2 }])
  })

  test('a worker, at the fifth attempt too: the task is given up', async () => {
    const yard = await openYard()
    yard.command(1, gate(yard))
    yard.start(1, 5)
    await hasStarted(yard)
    process.kill(yard.workers()[0]!, 'SIGKILL')
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 2, reason: expect.stringContaining('given up') })
    expect(yard.desk.endsOf(1)).toMatchObject([{ failure: expect.stringContaining('ended by SIGKILL') }])
  })

  test('the mover: its workers go with it before the next begins, and what ran is lost once', async () => {
    const yard = await openYard()
    await startGated(yard)
    const [worker] = yard.workers()
    // One that does not see that its mover is gone.
    await yard.executor.signal({ jobId: 1, attempt: 1, action: 'suspend' })
    await vi.waitUntil(() => stateOf(worker!) === 'T', PATIENCE)
    await yard.killMover()
    const lost = await yard.log.next('lost', 1)
    expect(lost.reason).toContain('the mover of its site ended')
    expect(isAlive(worker!)).toBe(false)
    expect(programsOf(worker!)).toEqual([])
    yard.executor.stored([lost])
    openGate(yard)
    yard.start(1, 2)
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
    expect(yard.desk.ends).toHaveLength(1)
  })

  test('the mover, while the end of a task waits to be stored: the next tells it again', async () => {
    const yard = await openYard()
    yard.command(1, 'true {path}')
    yard.start(1)
    await yard.log.next('exited', 1)
    await yard.killMover()
    yard.command(2, 'true {path}')
    yard.start(2)
    const exits = await yard.log.count(2, 'exited', 1)
    expect(exits[1]).toEqual(exits[0])
    expect(yard.log.of('lost')).toEqual([])
  })

  test('the server: its successor adopts what runs, and hears how it ended', async () => {
    const yard = await openYard()
    yard.command(1, gate(yard))
    yard.command(2, 'true {path}')
    yard.start(1)
    yard.start(2)
    await hasStarted(yard)
    await yard.log.next('exited', 2)
    await yard.leave()
    openGate(yard)
    await vi.waitUntil(() => yard.booked().length === 2, PATIENCE)
    await yard.open()
    const { inventory } = await yard.log.next('connected')
    expect(inventory.running.map(({ jobId }) => jobId).toSorted()).toEqual([1, 2])
    yard.start(1)
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
    expect(await yard.endOf(2)).toMatchObject({ exitCode: 0 })
    expect(linesOf(yard.path('gate.started'))).toHaveLength(1)
  })

  test('server and mover both: what ran is lost, and nothing runs beside its next attempt', async () => {
    const yard = await openYard()
    await startGated(yard)
    await yard.leave()
    await yard.killMover()
    await yard.open()
    expect(yard.log.of('connected')[0]?.inventory.running).toEqual([])
    yard.start(1)
    expect((await yard.log.next('lost', 1)).reason).toContain('ended while it ran')
    expect(linesOf(yard.path('gate.started'))).toHaveLength(1)
  })

  test('the mover, and its book with it: what it had is lost, and told so', async () => {
    const yard = await openYard()
    await startGated(yard)
    rmSync(join(yard.moverDir(), 'attempts'), { recursive: true })
    await yard.killMover()
    expect((await yard.log.next('lost', 1)).reason).toContain('lost its book')
  })

  test('a retired mover ends when its tasks have ended', async () => {
    const yard = await openYard()
    await startGated(yard)
    const [mover] = yard.moverPids()
    await yard.executor.retire()
    expect(isAlive(mover!)).toBe(true)
    openGate(yard)
    await vi.waitUntil(() => !isAlive(mover!), PATIENCE)
    await vi.waitUntil(() => yard.workers().every((pid) => !isAlive(pid)), PATIENCE)
    expect(yard.booked()).toEqual(['1.1'])
  })
})

describe.runIf(process.getuid?.() === 0)('with the rights of the submitter', () => {
  const identity = { name: 'nobody', uid: 65534, gid: 65534, groups: [65534, 12345] }

  test('a command has his account and groups, and none of the server’s secrets', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'very-secret')
    const yard = new MoverYard()
    chmodSync(yard.root, 0o777)
    await yard.open()
    yard.command(1, `sh -c 'id -u > "$1"; id -G >> "$1"; env >> "$1"' x {path}`, ['a'], identity)
    yard.start(1)
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
    const said = linesOf(yard.path('a'))
    expect(said.slice(0, 2)).toEqual(['65534', '65534 12345'])
    expect(said.join('\n')).not.toContain('very-secret')
    vi.unstubAllEnvs()
  })

  test('a list of paths is for his eyes alone, and gone afterwards', async () => {
    const yard = new MoverYard()
    chmodSync(yard.root, 0o777)
    await yard.open()
    const copy = `cp --preserve=mode "$1" ${yard.path('copy')} && echo "$1" > ${yard.path('where')}`
    yard.command(1, `sh -c '${copy}' x {paths_file}`, ['a b', "it's"], identity)
    yard.start(1)
    expect(await yard.endOf(1)).toMatchObject({ exitCode: 0 })
    expect(linesOf(yard.path('copy'))).toEqual([yard.path('a b'), yard.path("it's")])
    expect(statSync(yard.path('copy')).mode & 0o777).toBe(0o600)
    expect(existsSync(linesOf(yard.path('where'))[0]!)).toBe(false)
  })
})
