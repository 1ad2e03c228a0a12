/** The door over a real engine and store: a job from its submission to its end, and who may do what to it. */

import { expect, test } from 'vitest'
import { aSite } from '../../support/hand-workflows.ts'
import { WorkflowHouse } from '../../support/workflow-house.ts'
import { type Door, openDoor, submitted } from './door.ts'

async function overEngine(): Promise<Door & { house: WorkflowHouse }> {
  const house = await new WorkflowHouse([aSite(1, 'dfoster1'), aSite(2, 'dfoster2')]).open()
  return { ...(await openDoor({ house })), house }
}

test('a job is submitted, done, looked at, counted and submitted again', async () => {
  const { call, house, keyOf } = await overEngine()
  const { text } = await keyOf('alice')
  const byKey = { as: null, headers: { authorization: `Api-Key ${text}` } }
  const body = { paths: ['/mmfs1/a', '/mmfs1/b'], site: 'dfoster1', workflow: 'dehydrate', discovery: null }
  const made = await call('POST', '/api/file/workflow/', { ...byKey, body })
  expect([made.statusCode, made.json()]).toMatchObject([
    201,
    { id: 1, type: 'migrate', state: 'PENDING', owner: 'alice' },
  ])
  const [task] = await house.tasks(1)
  await house.end(task!.jobId, { '/mmfs1/a': 'processed', '/mmfs1/b': 'failed' })
  await house.until(1, 'error')
  expect((await call('GET', '/api/jobs/1/', byKey)).json()).toMatchObject({
    state: 'ERROR',
    clientkey: 'automation',
    fields: { lock_level: 'partial' },
    stats: { discovered: 2, processed: 1, failed: 1 },
    tasks: { count: 1, state: { ERROR: 1 } },
  })
  expect((await call('GET', `/api/tasks/${task!.id}/`)).json()).toMatchObject({
    taskid: String(task!.jobId),
    name: 'dynamo.tasks.migrate',
    paths: [
      { path: '/mmfs1/a', state: 'processed' },
      { path: '/mmfs1/b', state: 'failed', message: 'gone' },
    ],
  })
  const { stats } = (await call('GET', '/api/jobs/?type=dehydrate&state=error')).json()
  expect(stats).toMatchObject({ type: { migrate: 1 }, state: { ERROR: 1, SUCCESS: 0 }, site: { dfoster1: 1 } })
  const again = await call('POST', '/api/jobs/1/resubmit/', { as: 'alice' })
  expect([again.statusCode, again.json()]).toMatchObject([201, { id: 2, paths: ['/mmfs1/b'] }])
})

test('a job is steered by its owner and by who leads, and refuses what its state does not allow', async () => {
  const door = await overEngine()
  const id = await submitted(door, { paths: ['/mmfs1/a'] })
  const ask = (verb: string, as: string) => door.call('POST', `/api/jobs/${id}/${verb}/`, { as })
  expect((await ask('cancel', 'bob')).statusCode).toBe(403)
  expect((await ask('resume', 'alice')).json()).toEqual({
    detail: expect.stringMatching(/^Cannot resume a job in state /),
  })
  expect((await ask('cancel', 'alice')).statusCode).toBe(200)
})

test('what does not fit is refused under its key', async () => {
  const { call } = await overEngine()
  const ask = async (change: object) => {
    const body = { paths: ['/mmfs1/a'], site: 'dfoster1', workflow: 'migrate', ...change }
    return (await call('POST', '/api/file/workflow/', { as: 'alice', body })).json()
  }
  expect(await ask({ site: 'nosite' })).toEqual({ site: ['Object with name=nosite does not exist.'] })
  expect(await ask({ workflow: 'nothing' })).toEqual({ workflow: ['Object with name=nothing does not exist.'] })
  expect(await ask({ queue: 'nothing' })).toEqual({ queue: ['Object with name=nothing does not exist.'] })
  expect(Object.keys(await ask({ paths: ['/etc/passwd'] }))).toEqual(['paths'])
  expect(await ask({ workflow: 'send' })).toEqual({ fields: { destinationsite: ['This field is required.'] } })
  expect(await ask({ fields: { lock_level: 'odd' } })).toEqual({
    fields: { lock_level: ['"odd" is not a valid choice.'] },
  })
})

test('settings, schedules and definitions are kept, and only by an administrator', async () => {
  const { call } = await overEngine()
  const definition = {
    name: 'walked',
    label: 'Walked',
    icon_classes: [],
    fields: [],
    filter_rules: [{ type: 'file', state: 'all', action: [{ name: 'dynamo.tasks.migrate' }] }],
  }
  const schedule = { name: 'nightly', workflow: 'migrate', site: 'dfoster1', path: '/mmfs1/a', cron: '30 2 * * *' }
  for (const [method, path, body] of [
    ['POST', 'workflows/', definition],
    ['POST', 'schedules/', schedule],
    ['PATCH', 'configurations/', { jobs_ttl: 30 }],
    ['PATCH', 'features/searchui/', { enabled: false }],
    ['POST', 'groups/', { name: 'Editors' }],
    ['PATCH', 'sites/1/', { bandwidth: 500 }],
    ['POST', 'actions/', { action: 'discover_nodes' }],
  ] as const) {
    expect([path, (await call(method, `/api/${path}`, { as: 'alice', body })).statusCode]).toEqual([path, 403])
    expect([path, (await call(method, `/api/${path}`, { body })).statusCode]).toEqual([
      path,
      method === 'POST' ? 201 : 200,
    ])
  }
  expect((await call('POST', '/api/workflows/', { body: definition })).json()).toEqual({
    name: ['This field must be unique.'],
  })
  const bad = await call('POST', '/api/schedules/', { body: { ...schedule, cron: '99 * * * *' } })
  expect([bad.statusCode, Object.keys(bad.json())]).toEqual([400, ['cron']])
  expect((await call('GET', '/api/sites/1/', { as: 'rita' })).json().bandwidth).toBe(500)
  expect((await call('GET', '/api/configurations/', { as: 'rita' })).json().jobs_ttl).toBe(30)
  expect((await call('GET', '/api/groups/', { as: 'alice' })).statusCode).toBe(403)
  expect((await call('GET', '/api/health')).json()).toMatchObject({ hub_status: { health: 'ok' } })
})

test('a definition that no mover could do is refused by its place, and YAML with the line', async () => {
  const { call } = await overEngine()
  const action = [{ name: 'dynamo.tasks.migrate' }, { name: 'dynamo.tasks.nix' }]
  const rules = [{ type: 'folder', state: 'all', action }]
  const body = { name: 'odd', label: 'Odd', icon_classes: [], fields: [], filter_rules: rules }
  const refused = await call('POST', '/api/workflows/', { body })
  expect([refused.statusCode, refused.json()]).toEqual([
    400,
    {
      filter_rules: {
        0: { action: { 1: { name: [expect.stringMatching(/^dynamo\.tasks\.nix is no step\. .*migrate/)] } } },
      },
    },
  ])
  const headers = { 'content-type': 'application/yaml' }
  const yaml = await call('POST', '/api/workflows/', { body: 'name: *odd\n', headers })
  expect([yaml.statusCode, yaml.json().detail]).toEqual([
    400,
    expect.stringMatching(/^YAML parse error - "\*odd" refers .* at line 1, column 7:\n\nname: \*odd\n {6}\^$/),
  ])
})
