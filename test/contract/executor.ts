/** What every executor must do that runs processes on this machine; called once for each way to make one. */

import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Executor, SignalOrder, StartOrder } from '../../src/executor/executor.ts'
import { EventLog } from '../support/event-log.ts'
import { isAlive, linesOf, nameOf, pidIn, stateOf } from '../support/processes.ts'

export interface ExecutorUnderTest {
  /** An executor over the same state each time within a test. */
  make(): Executor
  /** A new folder whose content is gone after the test. */
  folder(): string
  /** Ends whatever the executor left running. */
  clear(): Promise<void>
  /** True where CPU time and peak RAM are known to the millisecond also of jobs that end at once. */
  measuresShortJobs: boolean
  /** Kills the keeper of the jobs without warning, if they have one that is not the server. */
  killKeeper(): Promise<void>
}

const isRoot = process.getuid?.() === 0
const PATIENCE = { timeout: 20_000, interval: 20 }

export function executorContract(name: string, subject: ExecutorUnderTest): void {
  describe(name, () => {
    let folder: string
    let executor: Executor
    let log: EventLog
    let lastId = 0

    const open = async () => {
      executor = subject.make()
      log = new EventLog(executor)
      await executor.open()
      return log.next('connected')
    }
    beforeAll(() => {
      vi.stubEnv('SECRET_OF_THE_SERVER', 'leaked')
    })
    beforeEach(async () => {
      folder = subject.folder()
      await open()
    })
    afterEach(async () => {
      await executor.close()
      await subject.clear()
    })

    const order = (changes: Partial<StartOrder> = {}): StartOrder => {
      lastId += 1
      return {
        ...{ jobId: lastId, attempt: 1, argv: ['/bin/true'], env: { PATH: '/usr/bin:/bin' }, rundir: folder },
        ...{
          logfile: join(folder, `${lastId}.log`),
          account: null,
          nice: 0,
          umask: 0o022,
          killAfterMs: 0,
          ramLimitMb: 0,
        },
        ...changes,
      }
    }
    const shell = (script: string, changes: Partial<StartOrder> = {}) =>
      order({ argv: ['/bin/sh', '-c', script], ...changes })
    const start = (wanted: StartOrder): StartOrder => {
      executor.start([wanted])
      return wanted
    }
    const run = async (wanted: StartOrder) => log.exitOf(start(wanted).jobId)
    const logOf = ({ logfile }: StartOrder) => readFileSync(logfile ?? '', 'utf8')
    const ready = (job: StartOrder) => vi.waitUntil(() => linesOf(job.logfile ?? '')[0] === 'ready', PATIENCE)
    const signal = ({ jobId, attempt }: StartOrder, changes: Partial<SignalOrder> & Pick<SignalOrder, 'action'>) =>
      executor.signal({ jobId, attempt, ...changes })

    describe('a start', () => {
      test('tells that a process exists, and with which status it ended', async () => {
        const job = start(shell('exit 3'))
        const started = await log.next('started', job.jobId)
        expect(started).toMatchObject({ attempt: 1, pid: expect.any(Number), at: expect.any(Number) })
        expect(await log.exitOf(job.jobId)).toMatchObject({ exitCode: 3, signal: null })
        expect(log.events.map(({ kind }) => kind)).toEqual(['connected', 'started', 'exited'])
      })

      test('tells by which signal a job ended', async () => {
        expect(await run(shell('kill -USR1 $$'))).toMatchObject({ exitCode: null, signal: 'SIGUSR1' })
      })

      test('puts output and errors into the log file, in order, in folders made for it', async () => {
        const job = shell('echo out; echo err >&2; echo out again', { logfile: join(folder, 'a/b c/é.log') })
        await run(job)
        expect(logOf(job)).toBe('out\nerr\nout again\n')
      })

      test('empties a log file that is there, and appends to it so that it can be emptied meanwhile', async () => {
        const logfile = join(folder, 'old.log')
        writeFileSync(logfile, 'something long and old\n')
        const job = shell('echo one; : >old.log; echo two', { logfile })
        await run(job)
        expect(logOf(job)).toBe('two\n')
      })

      test('gives the command its arguments as they are', async () => {
        const odd = ['-n', 'a b', '', '$(x) "\'', 'two\nlines', 'ünï', '\\']
        const job = order({ argv: ['/usr/bin/printf', '[%s]', ...odd] })
        await run(job)
        expect(logOf(job)).toBe(odd.map((text) => `[${text}]`).join(''))
      })

      test('gives the whole environment and nothing of the server', async () => {
        const job = order({ argv: ['env'], env: { PATH: '/usr/bin:/bin', COLOUR: 'blue = green', EMPTY: '' } })
        await run(job)
        const lines = logOf(job)
          .trimEnd()
          .split('\n')
          .filter((line) => !/^(PWD|_)=/.test(line))
        const own = ['PATH=/usr/bin:/bin', 'COLOUR=blue = green', 'EMPTY=', `YARDMASTER_JOB=${job.jobId}.1`]
        expect(lines.sort()).toEqual([...own, expect.stringMatching(/^YARDMASTER_EPOCH=/)].sort())
      })

      test('finds the command on the PATH of the job', async () => {
        mkdirSync(join(folder, 'bin'))
        writeFileSync(join(folder, 'bin/greet'), '#!/bin/sh\necho hello $1\n', { mode: 0o755 })
        const job = order({ argv: ['greet', 'you'], env: { PATH: `${folder}/bin:/bin` } })
        expect(await run(job)).toMatchObject({ exitCode: 0 })
        expect(logOf(job)).toBe('hello you\n')
      })

      test('goes to the run directory, with the mask and the nice level of the job', async () => {
        const job = shell('pwd -P; umask; nice; : >made', { umask: 0o027, nice: 7 })
        await run(job)
        expect(logOf(job).split('\n')).toEqual([folder, '0027', '7', ''])
        expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o640)
        expect(statSync(job.logfile ?? '').mode & 0o777).toBe(0o640)
      })

      test('gives a session of its own, no input and no other open files', async () => {
        const job = shell('cat; ls /proc/self/fd; ps -o sid= -p $$; echo $$')
        await run(job)
        const lines = logOf(job)
          .split('\n')
          .map((line) => line.trim())
        // The listing itself holds the fourth.
        expect(lines.slice(0, 4)).toEqual(['0', '1', '2', '3'])
        expect(lines[4]).toBe(lines[5])
      })

      test('leaves signals as a shell leaves them', async () => {
        const job = order({ argv: ['grep', '-E', '^Sig(Ign|Blk)', '/proc/self/status'] })
        await run(job)
        const masks = logOf(job)
          .trimEnd()
          .split('\n')
          .map((line) => line.split(':\t'))
        expect(masks).toEqual([
          ['SigBlk', '0000000000000000'],
          ['SigIgn', '0000000000000000'],
        ])
      })

      test('measures what a job took', async () => {
        const job = shell('i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 2.5')
        const facts = await run(job)
        if (subject.measuresShortJobs) expect(facts.cpuMs).toBeGreaterThan(20)
        expect(facts.maxRamMb).toBeGreaterThan(0.3)
        expect(facts.maxRamMb).toBeLessThan(30)
      })

      test('without a log file runs silently', async () => {
        expect(await run(shell('echo nobody hears', { logfile: null }))).toMatchObject({ exitCode: 0 })
      })

      test('is done at most once for an attempt, however often it is asked for', async () => {
        const job = shell('echo ran >>count; sleep 0.3')
        executor.start([job, job])
        await log.next('started', job.jobId)
        executor.start([job])
        await log.count(2, 'started', job.jobId)
        await log.exitOf(job.jobId)
        executor.start([job])
        const ends = await log.count(2, 'exited', job.jobId)
        expect(ends[1]).toEqual(ends[0])
        expect(linesOf(join(folder, 'count'))).toEqual(['ran'])
      })

      test('runs many at once', async () => {
        const jobs = Array.from({ length: 200 }, (_, index) => shell(`exit ${index % 7}`))
        executor.start(jobs)
        const codes = await Promise.all(jobs.map(async ({ jobId }) => (await log.exitOf(jobId)).exitCode))
        expect(codes).toEqual(jobs.map((_, index) => index % 7))
      })
    })

    describe('a start that fails', () => {
      test('for its run directory ends with that reason', async () => {
        const facts = await run(order({ rundir: '/no/such/place' }))
        expect(facts).toMatchObject({ cause: 'start', exitCode: null, signal: null })
        expect(facts.reason).toContain('cannot go to the run directory /no/such/place')
      })

      test('for its log file ends with that reason', async () => {
        mkdirSync(join(folder, 'taken'))
        writeFileSync(join(folder, 'file'), '')
        const taken = await run(order({ logfile: join(folder, 'taken') }))
        expect(taken).toMatchObject({ cause: 'start', reason: expect.stringContaining('cannot open the log file') })
        const below = await run(order({ logfile: join(folder, 'file/below/x.log') }))
        expect(below.cause).toBe('start')
        expect(below.reason).toContain(`log file ${folder}/file/below/x.log`)
      })

      test('for its command ends as a shell would, with a line in the log', async () => {
        const missing = order({ argv: ['no-such-command'] })
        expect(await run(missing)).toMatchObject({ exitCode: 127, signal: null })
        expect(logOf(missing)).toMatch(/no-such-command: (command )?not found/)
        writeFileSync(join(folder, 'plain'), 'text')
        const plain = order({ argv: ['./plain'] })
        expect(await run(plain)).toMatchObject({ exitCode: 126 })
        expect(logOf(plain)).toMatch(/plain: Permission denied/)
      })

      test('for its account ends with that reason', async () => {
        const facts = await run(order({ account: 'no-such-account' }))
        expect(facts.cause).toBe('start')
        expect(facts.reason).toContain('cannot run as no-such-account')
      })

      test('for a NUL is refused for good', async () => {
        const job = start(order({ argv: ['echo', 'a\0b'] }))
        expect(await log.next('refused', job.jobId)).toMatchObject({
          retry: false,
          reason: expect.stringMatching(/NUL/),
        })
      })

      test('for its size is refused for good', async () => {
        const job = start(order({ argv: ['echo', 'x'.repeat(3 << 20)] }))
        expect(await log.next('refused', job.jobId)).toMatchObject({
          retry: false,
          reason: expect.stringMatching(/more than/),
        })
      })
    })

    describe('another account', () => {
      test.runIf(isRoot)('gets its own groups, and files that it made itself', async () => {
        const place = join(folder, 'shared')
        mkdirSync(place)
        chmodSync(folder, 0o755)
        chmodSync(place, 0o777)
        const job = shell('id -un; id -Gn; id -u; grep -E "^(Uid|Gid)" /proc/self/status', {
          ...{ account: 'nobody', rundir: place, logfile: join(place, 'made/by/nobody.log') },
        })
        expect(await run(job)).toMatchObject({ exitCode: 0 })
        const [user, groups, uid, ...ids] = logOf(job).trimEnd().split('\n')
        expect([user, groups]).toEqual(['nobody', 'nogroup'])
        expect(ids.every((line) => new Set(line.split('\t').slice(1)).size === 1)).toBe(true)
        expect(statSync(join(place, 'made')).uid).toBe(Number(uid))
      })

      test.runIf(isRoot)('may not write where it may not', async () => {
        chmodSync(folder, 0o755)
        const facts = await run(order({ account: 'nobody', logfile: join(folder, 'theirs.log') }))
        expect(facts).toMatchObject({ cause: 'start', reason: expect.stringContaining('cannot open the log file') })
      })

      test.skipIf(isRoot)('is refused to a server that is not root', async () => {
        expect(await run(order({ account: 'root' }))).toMatchObject({ cause: 'start' })
      })

      test('may be the own one', async () => {
        expect(await run(order({ account: userInfo().username }))).toMatchObject({ exitCode: 0 })
      })
    })

    describe('a stop', () => {
      test('sends the signals in turn until the job is gone', async () => {
        const job = start(shell('trap "" TERM INT; echo ready; while :; do sleep 0.05; done'))
        await ready(job)
        await signal(job, { action: 'stop', delayMs: 50 })
        const facts = await log.exitOf(job.jobId)
        expect(facts).toMatchObject({ cause: 'stopped', signal: 'SIGKILL', exitCode: null })
        expect(facts.reason).toBe('stopped as asked (SIGTERM, SIGINT, SIGKILL)')
      })

      test('sends the signals that were asked for', async () => {
        const job = start(shell('trap "echo got it; exit 5" USR2; echo ready; while :; do sleep 0.05; done'))
        await ready(job)
        await signal(job, { action: 'stop', signals: ['usr2'] })
        const facts = await log.exitOf(job.jobId)
        expect(facts).toMatchObject({ cause: 'stopped', exitCode: 5, reason: 'stopped as asked (SIGUSR2)' })
        expect(logOf(job)).toContain('got it')
      })

      test('right after the start is not lost', async () => {
        const job = start(shell('sleep 60'))
        await signal(job, { action: 'stop' })
        expect(await log.exitOf(job.jobId)).toMatchObject({ cause: 'stopped' })
      })

      test('ends the children too, also one that left group and session', async () => {
        const job = start(shell('setsid sh -c "echo \\$\\$ >escaped; sleep 60" & sleep 60 & echo $! >child; wait'))
        const escaped = await pidIn(join(folder, 'escaped'))
        const child = await pidIn(join(folder, 'child'))
        await signal(job, { action: 'stop', delayMs: 50 })
        await log.exitOf(job.jobId)
        await vi.waitUntil(() => !isAlive(escaped) && !isAlive(child), PATIENCE)
      })

      test('ends a suspended job', async () => {
        const job = start(shell('trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done'))
        await ready(job)
        await signal(job, { action: 'suspend' })
        await signal(job, { action: 'stop', signals: ['TERM'] })
        expect(await log.exitOf(job.jobId)).toMatchObject({ cause: 'stopped', exitCode: 0 })
        expect(logOf(job)).toContain('bye')
      })

      test('of what does not run is refused', async () => {
        const job = order()
        await expect(signal(job, { action: 'stop' })).rejects.toMatchObject({ code: 'not_found' })
        await run(job)
        await expect(signal(job, { action: 'stop' })).rejects.toMatchObject({ code: 'not_found' })
      })

      test('with an unknown signal is refused, naming those that are known', async () => {
        const job = start(shell('sleep 60'))
        await log.next('started', job.jobId)
        const refusal = signal(job, { action: 'stop', signals: ['BOO'] })
        await expect(refusal).rejects.toMatchObject({
          code: 'invalid',
          message: expect.stringMatching(/BOO.*HUP.*TERM/),
        })
      })
    })

    describe('a signal', () => {
      const twoPrograms = async () => {
        const job = start(shell('sleep 61 & echo $! >child; echo $$ >main; wait; echo over'))
        const child = await pidIn(join(folder, 'child'))
        await vi.waitUntil(() => nameOf(child) === 'sleep', PATIENCE)
        return { job, child, main: await pidIn(join(folder, 'main')) }
      }

      test('reaches only the processes whose names are included', async () => {
        const { job, child, main } = await twoPrograms()
        await signal(job, { action: 'signal', signals: ['TERM'], include: '^sleep$' })
        expect(await log.exitOf(job.jobId)).toMatchObject({ exitCode: 0 })
        expect(logOf(job)).toBe('over\n')
        expect([isAlive(child), isAlive(main)]).toEqual([false, false])
      })

      test('spares the processes whose names are excluded, whatever is included', async () => {
        const { job, child, main } = await twoPrograms()
        await signal(job, { action: 'signal', signals: ['STOP'], include: 'sh', exclude: '^sh$' })
        await vi.waitUntil(() => stateOf(child) === 'T', PATIENCE)
        expect(stateOf(main)).not.toBe('T')
        await signal(job, { action: 'stop', signals: ['KILL'] })
        await log.exitOf(job.jobId)
      })

      test('for a name that nothing has, or a pattern that is none, is refused', async () => {
        const { job } = await twoPrograms()
        const nobody = signal(job, { action: 'signal', signals: ['TERM'], include: '^emacs$' })
        await expect(nobody).rejects.toMatchObject({ code: 'not_found' })
        const broken = signal(job, { action: 'signal', signals: ['TERM'], include: '(' })
        await expect(broken).rejects.toMatchObject({ code: 'invalid' })
      })
    })

    test('a suspended job stands still until it is resumed, children too', async () => {
      const job = start(shell('setsid sh -c "echo \\$\\$ >escaped; exec sleep 60" & echo $$ >main; wait'))
      const pids = [await pidIn(join(folder, 'main')), await pidIn(join(folder, 'escaped'))]
      await signal(job, { action: 'suspend' })
      await log.next('suspended', job.jobId)
      await vi.waitUntil(() => pids.every((pid) => stateOf(pid) === 'T'), PATIENCE)
      await signal(job, { action: 'resume' })
      await log.next('resumed', job.jobId)
      await vi.waitUntil(() => pids.every((pid) => stateOf(pid) === 'S'), PATIENCE)
      await signal(job, { action: 'stop', signals: ['KILL'] })
      expect(await log.exitOf(job.jobId)).toMatchObject({ cause: 'stopped', signal: 'SIGKILL' })
    })

    test('a job that runs longer than its limit is ended, and the reason says so', async () => {
      const facts = await run(shell('sleep 60', { killAfterMs: 300 }))
      expect(facts).toMatchObject({ cause: 'autokill', signal: 'SIGTERM' })
      expect(facts.reason).toBe('ran longer than its limit of 0.3 s (SIGTERM)')
    })

    test('a job that holds more memory than its limit is ended, and the reason says so', async () => {
      const hog = ['python3', '-c', 'import time; held = bytearray(200 << 20); time.sleep(60)']
      const facts = await run(order({ argv: hog, ramLimitMb: 100 }))
      expect(facts).toMatchObject({ cause: 'memory', signal: 'SIGTERM' })
      expect(facts.reason).toMatch(/^used \d+ MB of memory, its limit is 100 MB/)
      expect(facts.maxRamMb).toBeGreaterThan(200)
    })

    test('what a job leaves in its process group ends with it', async () => {
      const job = start(shell('sleep 60 & echo $! >left'))
      expect(await log.exitOf(job.jobId)).toMatchObject({ exitCode: 0 })
      const left = await pidIn(join(folder, 'left'))
      await vi.waitUntil(() => !isAlive(left), PATIENCE)
    })

    describe('without its server', () => {
      test('a job runs on, and is there when the server comes back', async () => {
        const job = start(shell('until [ -e go ]; do sleep 0.02; done; exit 7'))
        await log.next('started', job.jobId)
        await executor.close()
        const { inventory } = await open()
        expect(inventory.running).toEqual([{ jobId: job.jobId, attempt: 1, suspended: false }])
        writeFileSync(join(folder, 'go'), '')
        expect(await log.exitOf(job.jobId)).toMatchObject({ exitCode: 7 })
      })

      test('an end is kept, and repeated until it is stored', async () => {
        const job = start(shell('until [ -e go ]; do sleep 0.02; done; echo over >over; exit 7'))
        await log.next('started', job.jobId)
        await executor.close()
        writeFileSync(join(folder, 'go'), '')
        await vi.waitUntil(() => linesOf(join(folder, 'over')).length > 0, PATIENCE)
        for (let round = 0; round < 2; round++) {
          await open()
          const facts = await log.exitOf(job.jobId)
          expect(facts).toMatchObject({ exitCode: 7 })
          if (round === 1) executor.stored([job])
          await executor.close()
        }
        await open()
        await run(order())
        expect(log.of('exited', job.jobId)).toEqual([])
      })

      test('a suspended job is shown as suspended', async () => {
        const job = start(shell('sleep 60'))
        await log.next('started', job.jobId)
        await signal(job, { action: 'suspend' })
        await executor.close()
        const { inventory } = await open()
        expect(inventory.running).toEqual([{ jobId: job.jobId, attempt: 1, suspended: true }])
      })
    })

    describe('when the keeper of the jobs is killed', () => {
      test('what ran is lost and really gone, what ended is known, and the next one goes on', async () => {
        const ended = order()
        await run(ended)
        const job = start(
          shell('setsid sh -c "echo \\$\\$ >escaped; sleep 60" & echo $$ >main; trap "" TERM; sleep 60'),
        )
        const pids = [await pidIn(join(folder, 'main')), await pidIn(join(folder, 'escaped'))]
        const { inventory: before } = await log.next('connected')
        await subject.killKeeper()
        const lost = await log.next('lost', job.jobId)
        expect(lost).toMatchObject({ attempt: 1, reason: expect.stringContaining('killed') })
        expect(pids.map(isAlive)).toEqual([false, false])
        expect(log.of('connected').at(-1)?.inventory).toEqual({ epoch: before.epoch, running: [] })
        expect(await log.count(2, 'exited', ended.jobId)).toHaveLength(2)
        executor.start([job])
        await log.count(2, 'lost', job.jobId)
        expect(await run(order())).toMatchObject({ exitCode: 0 })
      })
    })

    test('a host says what it has', () => {
      const host = executor.host()
      expect(host).toMatchObject({ up: true, capacity: { PERCENT: 100 }, attributes: { OSCLASS: 'unix' } })
      expect(host.name).toMatch(/^[^.A-Z]+$/)
      for (const resource of ['SLOTS', 'CORES', 'RAM']) expect(host.capacity[resource]).toBeGreaterThan(0)
      expect(host.freeRamMb).toBeGreaterThan(0)
      expect(host.bootedAt).toBeGreaterThan(0)
    })

    test('closing twice does no harm, and a closed executor refuses signals', async () => {
      await executor.close()
      await executor.close()
      expect(executor.connected()).toBe(false)
      await expect(signal(order(), { action: 'stop' })).rejects.toMatchObject({ code: 'unavailable' })
    })
  })
}
