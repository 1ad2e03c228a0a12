/** The example that reports jobs to the record, against a real server. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Person, PYTHON, ROOT, whyNoPython } from '../support/person.ts'
import { startYard, YARDMASTER, type Yard } from '../support/yard.ts'

const obstacle = whyNoPython()
if (obstacle) console.log(`skipped: ${obstacle}`)

let yard: Yard
let person: Person
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  if (obstacle) return
  yard = await startYard()
  person = new Person(yard, mkdtempSync(join(tmpdir(), 'cockpit-')))
  const inData = ['--data', yard.dataDir]
  execFileSync(YARDMASTER, ['user', 'add', 'reporter', '--role', 'api', ...inData, '--password-stdin'], {
    input: 'a-long-password\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const token = execFileSync(YARDMASTER, ['token', 'reporter', ...inData], { encoding: 'utf8' }).trim()
  env = { COCKPIT_URL: yard.cockpitUrl, COCKPIT_TOKEN: token }
})

afterAll(async () => {
  if (obstacle) return
  await yard.remove()
  rmSync(person.home, { recursive: true })
})

function report(...words: string[]) {
  return person.run(PYTHON, [join(ROOT, 'examples/cockpit_report.py'), ...words], { env })
}

/** The cluster that the server made of this host. */
async function ownCluster(): Promise<{ cluster: string; host: string }> {
  const answer = await fetch(`${yard.cockpitUrl}/api/clusters/`, { headers: { 'x-auth-token': env.COCKPIT_TOKEN! } })
  const { clusters } = (await answer.json()) as { clusters: { name: string; subClusters: { nodes: string }[] }[] }
  return { cluster: clusters[0]!.name, host: clusters[0]!.subClusters[0]!.nodes }
}

describe.skipIf(obstacle)('cockpit_report.py', { timeout: 60_000 }, () => {
  test('starts, lists and stops a job, and says why the server refuses', async () => {
    const { cluster, host } = await ownCluster()
    expect(await report('start', '4711', cluster, host)).toEqual({
      status: 0,
      stdout: 'Job 4711 is recorded\n',
      stderr: '',
    })
    const again = await report('start', '4711', cluster, host)
    expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/^422: a job with that jobId, cluster/)])

    const running = await report('list', 'state=running', 'jobId=4711')
    expect(running.stdout.split('\n')[1]).toMatch(
      new RegExp(`^\\d+ {2}4711 {2}.* {2}${cluster} {2}running {2}1 {2}\\d+$`),
    )

    expect((await report('stop', '4711', cluster, 'failed')).stdout).toMatch(/^Job 4711 is failed after \d+ s\n$/)
    expect((await report('list', 'state=running')).stdout).not.toContain('4711')
    expect((await report('list', 'colour=red')).stderr).toBe('400: invalid query parameter: colour\n')
    expect((await report('stop', '4712', cluster)).stderr).toMatch(/^404: finding job failed/)
    expect((await report('dance')).stderr).toContain('./cockpit_report.py start JOBID')
    const homeless = await person.run(PYTHON, [join(ROOT, 'examples/cockpit_report.py'), 'list'])
    expect([homeless.status, homeless.stderr]).toEqual([1, expect.stringContaining('export COCKPIT_URL=')])
  })
})
