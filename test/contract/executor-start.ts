/** How jobs start, and what they find. */

import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { linesOf } from '../support/processes.ts'
import type { Yard } from './executor-yard.ts'

const isRoot = process.getuid?.() === 0

export function startContract(yard: Yard): void {
  const { logOf, order, run, shell, start } = yard

  describe('a start', () => {
    test('tells that a process exists, and with which status it ended', async () => {
      const job = start(shell('exit 3'))
      const started = await yard.log.next('started', job.jobId)
      expect(started).toMatchObject({ attempt: 1, pid: expect.any(Number), at: expect.any(Number) })
      expect(await yard.log.exitOf(job.jobId)).toMatchObject({ exitCode: 3, signal: null })
      expect(yard.log.events.map(({ kind }) => kind)).toEqual(['connected', 'started', 'exited'])
    })

    test('tells by which signal a job ended', async () => {
      expect(await run(shell('kill -USR1 $$'))).toMatchObject({ exitCode: null, signal: 'SIGUSR1' })
    })

    test('puts output and errors into the log file, in order, in folders made for it', async () => {
      const job = shell('echo out; echo err >&2; echo out again', { logfile: join(yard.folder, 'a/b c/é.log') })
      await run(job)
      expect(logOf(job)).toBe('out\nerr\nout again\n')
    })

    test('empties a log file that is there, and appends to it so that it can be emptied meanwhile', async () => {
      const logfile = join(yard.folder, 'old.log')
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
      mkdirSync(join(yard.folder, 'bin'))
      writeFileSync(join(yard.folder, 'bin/greet'), '#!/bin/sh\necho hello $1\n', { mode: 0o755 })
      const job = order({ argv: ['greet', 'you'], env: { PATH: `${yard.folder}/bin:/bin` } })
      expect(await run(job)).toMatchObject({ exitCode: 0 })
      expect(logOf(job)).toBe('hello you\n')
    })

    test('goes to the run directory, with the mask and the nice level of the job', async () => {
      const job = shell('pwd -P; umask; nice; : >made', { umask: 0o027, nice: 7 })
      await run(job)
      expect(logOf(job).split('\n')).toEqual([yard.folder, '0027', '7', ''])
      expect(statSync(join(yard.folder, 'made')).mode & 0o777).toBe(0o640)
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
      if (yard.subject.measuresShortJobs) expect(facts.cpuMs).toBeGreaterThan(20)
      expect(facts.maxRamMb).toBeGreaterThan(0.3)
      expect(facts.maxRamMb).toBeLessThan(30)
    })

    test('without a log file runs silently', async () => {
      expect(await run(shell('echo nobody hears', { logfile: null }))).toMatchObject({ exitCode: 0 })
    })

    test('is done at most once for an attempt, however often it is asked for', async () => {
      const job = shell('echo ran >>count; sleep 0.3')
      yard.executor.start([job, job])
      await yard.log.next('started', job.jobId)
      yard.executor.start([job])
      await yard.log.count(2, 'started', job.jobId)
      await yard.log.exitOf(job.jobId)
      yard.executor.start([job])
      const ends = await yard.log.count(2, 'exited', job.jobId)
      expect(ends[1]).toEqual(ends[0])
      expect(linesOf(join(yard.folder, 'count'))).toEqual(['ran'])
    })

    test('runs many at once', async () => {
      const jobs = Array.from({ length: 200 }, (_, index) => shell(`exit ${index % 7}`))
      yard.executor.start(jobs)
      const codes = await Promise.all(jobs.map(async ({ jobId }) => (await yard.log.exitOf(jobId)).exitCode))
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
      mkdirSync(join(yard.folder, 'taken'))
      writeFileSync(join(yard.folder, 'file'), '')
      const taken = await run(order({ logfile: join(yard.folder, 'taken') }))
      expect(taken).toMatchObject({ cause: 'start', reason: expect.stringContaining('cannot open the log file') })
      const below = await run(order({ logfile: join(yard.folder, 'file/below/x.log') }))
      expect(below.cause).toBe('start')
      expect(below.reason).toContain(`log file ${yard.folder}/file/below/x.log`)
    })

    test('for its command ends as a shell would, with a line in the log', async () => {
      const missing = order({ argv: ['no-such-command'] })
      expect(await run(missing)).toMatchObject({ exitCode: 127, signal: null })
      expect(logOf(missing)).toMatch(/no-such-command: (command )?not found/)
      writeFileSync(join(yard.folder, 'plain'), 'text')
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
      expect(await yard.log.next('refused', job.jobId)).toMatchObject({
        retry: false,
        reason: expect.stringMatching(/NUL/),
      })
    })

    test('for its size is refused for good', async () => {
      const job = start(order({ argv: ['echo', 'x'.repeat(3 << 20)] }))
      expect(await yard.log.next('refused', job.jobId)).toMatchObject({
        retry: false,
        reason: expect.stringMatching(/more than/),
      })
    })
  })

  describe('another account', () => {
    test.runIf(isRoot)('gets its own groups, and files that it made itself', async () => {
      const place = join(yard.folder, 'shared')
      mkdirSync(place)
      chmodSync(yard.folder, 0o755)
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

    test.runIf(isRoot)('gets its environment, but nobody before it does', async () => {
      const place = join(yard.folder, 'shared')
      mkdirSync(place)
      chmodSync(place, 0o777)
      // Makes the loader of every process that sees it write a file, as the account that this process has.
      const loader = { LD_DEBUG: 'files', LD_DEBUG_OUTPUT: join(place, 'seen') }
      const env = { PATH: '/usr/bin:/bin', QUOTED: `it's "so"\n$(id) \\`, ...loader }
      const job = order({ argv: ['env', '-0'], env, account: 'nobody', rundir: place, logfile: join(place, 'log') })
      expect(await run(job)).toMatchObject({ exitCode: 0 })
      expect(logOf(job).split('\0')).toContain(`QUOTED=${env.QUOTED}`)
      const seen = readdirSync(place).filter((name) => name.startsWith('seen'))
      expect(seen.length).toBeGreaterThan(0)
      expect(seen.filter((name) => statSync(join(place, name)).uid === 0)).toEqual([])
    })

    test.runIf(isRoot)('may not write where it may not', async () => {
      chmodSync(yard.folder, 0o755)
      const facts = await run(order({ account: 'nobody', logfile: join(yard.folder, 'theirs.log') }))
      expect(facts).toMatchObject({ cause: 'start', reason: expect.stringContaining('cannot open the log file') })
    })

    // Root may become anybody: there is nothing to refuse.
    if (!isRoot) {
      test('is refused to a server that is not root', async () => {
        expect(await run(order({ account: 'root' }))).toMatchObject({ cause: 'start' })
      })
    }

    test('may be the own one', async () => {
      expect(await run(order({ account: userInfo().username }))).toMatchObject({ exitCode: 0 })
    })
  })
}
