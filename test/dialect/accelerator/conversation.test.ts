/** The conversations that the documents print or describe (spec §12.1), word for word as golden files. */

import { expect, test } from 'vitest'
import { type Door, openDoor } from './door.ts'
import { Conversation } from './golden.ts'

const MINIMAL = { command: 'sleep 60', logfile: 'JOBLOG.01', rundir: '/tmp', env: 'BASE' }

async function conversation(): Promise<{ door: Door; say: Conversation['say']; close: (name: string) => void }> {
  const door = await openDoor()
  const talk = new Conversation(door)
  return { door, say: talk.say.bind(talk), close: talk.close.bind(talk) }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

test('a name and a password are exchanged for a token, as a form or as JSON', async () => {
  const { say, close } = await conversation()
  await say('POST', '/api/v3/token', { as: null, body: 'username=alice&password=open', headers: FORM })
  await say('POST', '/api/v3/token', { as: null, body: { username: 'alice', password: 'open' } })
  const swagger = 'grant_type=password&scope=&client_id=&username=alice&password=open'
  await say('POST', '/api/v3/token', { as: null, body: swagger, headers: { ...FORM, authorization: 'Basic Og==' } })
  await say('POST', '/api/v3/token', { as: null, body: 'username=alice&password=wrong', headers: FORM })
  await say('POST', '/api/v3/token', { as: null, body: 'username=alice', headers: FORM })
  await say('POST', '/api/v3/token', { as: null, body: 'username=a&username=b&password=open', headers: FORM })
  close('token')
})

test('a job is submitted with four keys, and its log file is its own', async () => {
  const { say, close } = await conversation()
  await say('POST', '/api/v3/jobs', { body: MINIMAL })
  await say('POST', '/api/v3/jobs', { body: MINIMAL })
  await say('POST', '/api/v3/jobs', { body: { ...MINIMAL, logfile: '/tmp/JOBLOG.02', wait: 1, jpp: 'pack' } })
  const trailingComma = '{"command":"sleep 60","logfile":"JOBLOG.03","rundir":"/tmp","env":"BASE",}'
  await say('POST', '/api/v3/jobs', { body: trailingComma, headers: { 'content-type': 'application/json' } })
  await say('POST', '/api/v3/jobs', { as: null, body: MINIMAL })
  await say('POST', '/api/v3/jobs', { as: 'rita/readonly', body: MINIMAL })
  close('submit')
})

test('a running job is one row of all fields, however its ID is spelled', async () => {
  const { door, say, close } = await conversation()
  const { jobid } = (await say('POST', '/api/v3/jobs', { body: MINIMAL })).json()
  await door.house.executor.ordered(1)
  door.house.clock.turn(31_000)
  const padded = await say('GET', `/api/v3/jobs/${String(jobid).padStart(9, '0')}`)
  for (const spelling of [jobid, `${jobid}/`, `${jobid}/*`, `0${jobid}`]) {
    expect((await door.call('GET', `/api/v3/jobs/${spelling}`)).body).toBe(padded.body)
  }
  await say('GET', `/api/v3/jobs/${jobid}/durationpp`)
  await say('GET', `/api/v3/jobs/${jobid}/why`)
  await say('GET', `/api/v3/jobs/${jobid}/nosuchfield`)
  await say('GET', '/api/v3/jobs/999999')
  await say('GET', '/api/v3/jobs/abc')
  close('job-by-id')
})

test('a job that ended well is VALID', async () => {
  const { door, say, close } = await conversation()
  const { jobid } = (await say('POST', '/api/v3/jobs', { body: MINIMAL })).json()
  await door.house.executor.ordered(1)
  const ended = door.house.next('exit', jobid)
  door.house.executor.end(jobid)
  await ended
  await say('GET', `/api/v3/jobs/${jobid}/status`)
  await say('GET', `/api/v3/jobs/${jobid}/STATUSNC?format=csv`)
  await say('GET', `/api/v3/jobs/${jobid}/statusnc?format=csv-noheader`)
  await say('GET', `/api/v3/jobs/${jobid}/statusnc?format=xml`)
  close('job-ended')
})

test('the project says its name and version under either spelling', async () => {
  const { say, close } = await conversation()
  for (const path of ['project/1/project', 'project/1/version', 'projects/1', 'projects/000000001/version']) {
    await say('GET', `/api/v3/${path}`)
  }
  await say('GET', '/api/v3/project/2/project')
  await say('GET', '/api/v3/projets/1')
  close('project')
})

test('the query of nc_list.py answers a row a job, and no rows at all when there are none', async () => {
  const { door, say, close } = await conversation()
  const listing = '/api/v3/query?select=id,statusnc,PRIORITYPP,host,command&from=System:User:alice'
  await say('GET', listing)
  await say('POST', '/api/v3/jobs', { body: { ...MINIMAL, 'priority,sched': 4 } })
  await say('POST', '/api/v3/jobs', {
    body: { ...MINIMAL, logfile: 'J.2', command: 'sleep 66', 'priority, sched': 'h' },
  })
  await door.house.executor.ordered(2)
  await say('GET', listing)
  const byHost = 'select=idint,host,status&from=jobs&where=status%3d%3dRETRACING&limit=10&order=host%20DESC'
  await say('GET', `/api/v3/query?${byHost}`)
  await say('GET', `/api/v3/query?${byHost}&format=csv`)
  await say('GET', '/api/v3/query?select=idnt&from=jobs')
  await say('GET', '/api/v3/query?where=status%3d%3d')
  await say('GET', '/api/v3/query?form=jobs')
  await say('GET', '/api/v3/query?limit=1&limit=2')
  close('query')
})

test('a job is stopped, refused to be forgotten while it runs, and forgotten afterwards', async () => {
  const { door, say, close } = await conversation()
  const { jobid } = (await say('POST', '/api/v3/jobs', { body: MINIMAL })).json()
  await door.house.executor.ordered(1)
  const job = `/api/v3/jobs/${jobid}`
  await say('DELETE', job)
  await say('DELETE', job, { as: 'bob/user' })
  await say('PUT', job, { as: 'bob/user', body: { action: 'STOP' } })
  await say('PUT', job, { body: { action: 'RERUN' } })
  await say('PUT', job, { as: 'lea/leader', body: { action: 'stop', signals: 'TERM,KILL', delay: '2s' } })
  const ended = door.house.next('exit', jobid)
  door.house.executor.end(jobid, { signal: 'SIGTERM', cause: 'stopped', reason: 'stopped by lea' })
  await ended
  expect(door.house.executor.signals).toEqual([
    { action: 'stop', signals: ['SIGTERM', 'SIGKILL'], delayMs: 2000, jobId: jobid, attempt: 1 },
  ])
  await say('GET', `${job}/statusnc`)
  await say('GET', `${job}/why`)
  await say('PUT', job, { body: { action: 'RERUN' } })
  await say('DELETE', job, { as: 'bob/user' })
  await say('DELETE', job)
  await say('GET', job)
  close('stop-and-forget')
})

test('what may be modified is, under the names of nc modify and those of a job description', async () => {
  const { say, close } = await conversation()
  for (const logfile of ['J.1', 'J.2', 'J.3']) await say('POST', '/api/v3/jobs', { body: { ...MINIMAL, logfile } })
  const job = '/api/v3/jobs/1003'
  await say('PATCH', job, { body: { priority: 'high', autokill: '2h', legalexit: '0 3', res: 'RAM/100' } })
  await say('PATCH', job, { body: { 'priority, sched': 12, resources: '', jobname: 'nightly', group: 'regression' } })
  const fields = 'priority,autokill,legalexit,resources,jobname,group'
  await say('GET', `/api/v3/query?select=${fields}&from=1003`)
  await say('PATCH', job, { body: {} })
  await say('PATCH', job, { body: { numa: 'pack' } })
  await say('PATCH', job, { body: { prio: 3 } })
  await say('PATCH', job, { body: { user: 'bob' } })
  await say('PATCH', job, { body: { logfile: 'J.1' } })
  await say('PATCH', job, { as: 'lea/leader', body: { priority: 1 } })
  await say('PATCH', '/api/v3/jobs/7', { body: { priority: 1 } })
  close('modify')
})
