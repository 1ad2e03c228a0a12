import { describe, expect, test } from 'vitest'
import { type Describing, describeJobs } from '../../../../src/cli/nc/submit/description.ts'
import type { RunOptions } from '../../../../src/cli/nc/submit/run-options.ts'

const NOW = new Date(2021, 9, 12, 13, 26, 28)

function asked(options: Partial<RunOptions> = {}, env: Describing['env'] = { VOV_ENV: 'BASE' }): Describing {
  return { options: { verbosity: 1, ...options }, env, cwd: '/work', user: 'alice', now: NOW }
}

function describeOne(options?: Partial<RunOptions>, env?: Describing['env']): Record<string, unknown> {
  return [...describeJobs(['sleep 1'], asked(options, env))][0]!
}

describe('a job description', () => {
  test('runs here, and logs below vnc_logs by day and time', () => {
    const job = describeOne()
    expect(job).toMatchObject({ command: 'sleep 1', rundir: '/work', env: 'BASE' })
    expect(job.logfile).toMatch(/^vnc_logs\/20211012\/132628\.\d{6}$/)
  })

  test('logs below NC_LOGDIR', () => {
    expect(describeOne({}, { NC_LOGDIR: '/logs' }).logfile).toMatch(/^\/logs\/20211012\/132628\.\d{6}$/)
  })

  test('takes a snapshot of the environment unless another is named', () => {
    const env = { PATH: '/bin', HOST: 'h', PWD: '/x', NC_PASSWORD_FILE: '/p', YARDMASTER_ADMIN_TOKEN: 't', A: 'b' }
    expect(describeOne({}, env)).toMatchObject({ env: 'SNAPSHOT', 'env,snapshot': { PATH: '/bin', A: 'b' } })
    expect(Object.keys(describeOne({}, env)['env,snapshot'] as object)).toEqual(['PATH', 'A'])
    expect(describeOne({ env: 'BASE' }, env)).not.toHaveProperty('env,snapshot')
    expect(describeOne({ env: 'DEFAULT' }, env)).toHaveProperty('env,snapshot')
    expect(describeOne({ env: 'SNAPSHOT+D(X=1)' }, env)).toHaveProperty('env,snapshot')
  })

  test('carries the options under the keys of VOV_JOB_DESC', () => {
    const options = {
      resources: ['RAM/500', 'unix'],
      priority: '12.low',
      kill: '1m',
      keep: true,
      prop: ['SEED=4=2'],
      input: ['a', 'b'],
      set: 'night',
    }
    expect(describeOne(options)).toMatchObject({
      resources: 'RAM/500 unix',
      'priority,sched': '12.low',
      autokill: '1m',
      autoforget: 0,
      proplist: { SEED: '4=2' },
      inputs: ['a', 'b'],
      setName: 'night',
    })
  })

  test('names a subgroup below the own leaf', () => {
    expect(describeOne({ subgroup: 's' })).toMatchObject({ 'group,final': '/time/users.alice:s' })
    expect(describeOne({ subgroup: 's', group: 'regression' })).toMatchObject({
      'group,final': '/time/regression.alice:s',
    })
    expect(describeOne({ group: '/time/regression' })).toMatchObject({ group: '/time/regression' })
  })

  test('has no key that nobody asked for', () => {
    expect(Object.keys(describeOne())).toEqual(['rundir', 'env', 'submithost', 'umask', 'command', 'logfile'])
  })
})

describe('an array', () => {
  test('fills in the index, and gives each job a log of its own', () => {
    const jobs = [...describeJobs(['run @INDEX@'], asked({ array: '2', jobname: 'n@INDEX@', logfile: 'log' }))]
    expect(jobs).toMatchObject([
      { command: 'run 1', jobname: 'n1', logfile: 'log.1' },
      { command: 'run 2', jobname: 'n2', logfile: 'log.2' },
    ])
  })

  test('gives default logs that differ', () => {
    const logs = [...describeJobs(['x'], asked({ array: '500' }))].map(({ logfile }) => logfile)
    expect(new Set(logs).size).toBe(500)
  })

  test('leaves the environment as it is', () => {
    const [job] = describeJobs(['x'], asked({ array: '1' }, { TEXT: '@JOBID@ @INDEX@' }))
    expect(job).toMatchObject({ 'env,snapshot': { TEXT: '@JOBID@ @INDEX@' } })
  })
})
