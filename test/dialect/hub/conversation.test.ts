/** What programs ask, and what they are answered (spec/hub.md 2.6, 4, 5), word for word as golden files. */

import { test } from 'vitest'
import { submitted } from './door.ts'
import { conversation } from './golden.ts'

test('keys are made, listed, renamed and revoked', async () => {
  const { say, close } = await conversation()
  const keys = '/api/auth/clientkeys/'
  await say('POST', keys, { as: 'alice', body: { name: 'my_automation_key' } })
  await say('POST', keys, { as: 'bob', body: { name: '' } })
  await say('POST', keys, { as: 'bob', body: {} })
  await say('POST', keys, { as: 'bob', body: { name: 'x'.repeat(51) } })
  await say('GET', keys, { as: 'alice' })
  await say('GET', keys, { as: 'bob' })
  await say('GET', `${keys}?user=alice&active=true`)
  await say('PATCH', `${keys}1/`, { as: 'alice', body: { name: 'night' } })
  await say('GET', `${keys}1/`, { as: 'bob' })
  await say('DELETE', `${keys}1/`, { as: 'alice' })
  await say('GET', `${keys}1/`, { as: 'alice' })
  await say('GET', `${keys}?active=false`, { as: 'alice' })
  close('client-keys')
})

test('jobs are submitted, listed with what counts them, and looked at', async () => {
  const { say, close, door } = await conversation()
  await submitted(door)
  door.clock.turn(86_400_000)
  await submitted(door, { workflow: 'hydrate', site: 'dfoster2', paths: [{ path: '/mmfs1/a b', state: 'updated' }] })
  await submitted(door, { workflow: 'premigrate', fields: { lock_level: 'none' } }, 'bob')
  door.workflows.bring(1, 'success')
  door.workflows.bring(2, 'skipped')
  await say('GET', '/api/jobs/', { as: 'rita' })
  await say('GET', '/api/jobs/?site=dfoster1&owner=bob,alice&ordering=id&page_size=1&page=2')
  await say('GET', '/api/jobs/?state=success&state=Pending&hide_noop=true&created_after=2026-11-22T00:00:00Z')
  await say('GET', '/api/jobs/?type=recall&unknown=1&id=1,2,3')
  await say('GET', '/api/jobs/?state=foo')
  await say('GET', '/api/jobs/?id=x')
  await say('GET', '/api/jobs/?created_before=soon')
  await say('GET', '/api/jobs/1/')
  await say('GET', '/api/jobs/99/')
  await say('GET', '/api/jobs/x/')
  close('jobs')
})

test('what cannot be submitted is said under its key', async () => {
  const { say, close } = await conversation()
  const whole = { workflow: 'migrate', site: 'dfoster1', paths: ['/mmfs1/a'] }
  const bodies: unknown[] = [
    {},
    [],
    { ...whole, paths: [] },
    { ...whole, paths: '/mmfs1/a' },
    { ...whole, paths: ['/mmfs1/a', 5, true, { state: 'x' }, ''] },
    { ...whole, workflow: null, site: '' },
    { ...whole, site: 'nosite' },
    { ...whole, workflow: 'nothing' },
    { ...whole, discovery: 7 },
    { ...whole, fields: [] },
    { ...whole, fields: { lock_level: {} } },
    { ...whole, fields: { lock_level: 'odd' } },
    { ...whole, fields: { nothing: 1 } },
    { ...whole, workflow: 'send' },
  ]
  for (const body of bodies) await say('POST', '/api/file/workflow/', { as: 'alice', body })
  await say('POST', '/api/file/workflow/', { as: 'rita', body: whole })
  close('submit-refused')
})

test('a job is paused, resumed, cancelled and submitted again', async () => {
  const { say, close, door } = await conversation()
  const id = await submitted(door)
  await say('POST', `/api/jobs/${id}/resume/`, { as: 'alice' })
  await say('POST', `/api/jobs/${id}/pause/`, { as: 'bob' })
  await say('POST', `/api/jobs/${id}/pause/`, { as: 'alice' })
  await say('PATCH', `/api/jobs/${id}/`, { as: 'alice', body: { state: 'started' } })
  await say('PATCH', `/api/jobs/${id}/`, { as: 'alice', body: { state: 'foo' } })
  await say('PATCH', `/api/jobs/${id}/`, { as: 'alice', body: {} })
  await say('PATCH', `/api/jobs/${id}/`, { as: 'alice', body: { state: 'CANCELLED' } })
  door.workflows.bring(id, 'success')
  await say('POST', `/api/jobs/${id}/pause/`, { as: 'alice' })
  await say('POST', `/api/jobs/${id}/resubmit/`, { as: 'alice' })
  await say('POST', '/api/jobs/99/cancel/', { as: 'alice' })
  close('control')
})

test('tasks say what became of each path', async () => {
  const { say, close, door } = await conversation()
  await submitted(door, { paths: ['/mmfs1/a', '/mmfs1/b', '/mmfs1/c'] })
  const done = { movedBytes: 7, message: '' }
  door.workflows.outcomes.set(1, [
    { path: '/mmfs1/a', outcome: 'processed', ...done },
    { path: '/mmfs1/b', outcome: 'failed', movedBytes: 0, message: 'checksum mismatch' },
  ])
  await say('GET', '/api/jobs/1/tasks/')
  await say('GET', '/api/jobs/1/tasks/?state=SUCCESS')
  await say('GET', '/api/jobs/1/tasks/?state=foo')
  await say('GET', '/api/jobs/99/tasks/')
  await say('GET', '/api/tasks/?job=1')
  await say('GET', '/api/tasks/')
  await say('GET', '/api/tasks/1/')
  await say('GET', '/api/tasks/1/paths/?page_size=2')
  await say('GET', '/api/tasks/99/')
  close('tasks')
})

const DEFINITION = {
  name: 'movies',
  label: 'Movies',
  icon_classes: [],
  fields: [{ name: 'level', type: 'choice', choices: ['none'], default: 'none' }],
  filter_rules: [{ type: 'file', state: 'all', action: [{ name: 'dynamo.tasks.migrate', lock_level: '*level' }] }],
}

test('workflows are defined, changed and removed', async () => {
  const { say, close } = await conversation()
  const workflows = '/api/workflows/'
  await say('GET', `${workflows}?name=migrate`, { as: 'rita' })
  await say('POST', workflows, { body: DEFINITION })
  await say('POST', workflows, { body: DEFINITION })
  await say('POST', workflows, { body: {} })
  await say('POST', workflows, { body: { ...DEFINITION, name: 'a b' } })
  await say('POST', workflows, { body: { ...DEFINITION, name: 'x', filter_rules: [] } })
  await say('POST', workflows, { as: 'alice', body: DEFINITION })
  await say('PATCH', `${workflows}7/`, { body: { enabled: false } })
  await say('PUT', `${workflows}7/`, { body: { ...DEFINITION, label: 'Films' } })
  await say('PUT', `${workflows}7/`, { body: { label: 'Films' } })
  await say('GET', `${workflows}7/`)
  await say('DELETE', `${workflows}1/`)
  await say('DELETE', `${workflows}7/`)
  await say('GET', `${workflows}7/`)
  close('workflows')
})

test('schedules are made, changed and removed, under both names', async () => {
  const { say, close } = await conversation()
  const schedules = '/api/schedules/'
  const nightly = { name: 'nightly', workflow: 'migrate', site: 'dfoster1', path: '/mmfs1/cold', cron: '30 2 * * *' }
  await say('POST', schedules, { body: nightly })
  const { path: _path, ...without } = nightly
  await say('POST', schedules, { body: without })
  await say('POST', schedules, { body: { ...nightly, workflow: 'nothing' } })
  await say('POST', '/api/scheduledworkflows/', { body: { ...nightly, cron: undefined, minute: 5, enabled: 'no' } })
  await say('PATCH', `${schedules}1/`, { body: { hour: '4', fields: { lock_level: 'none' } } })
  await say('PUT', `${schedules}1/`, { body: { ...nightly, paths: ['/mmfs1/x', '/mmfs1/y'] } })
  await say('POST', schedules, { as: 'alice', body: nightly })
  await say('GET', `${schedules}?site=dfoster1`)
  await say('DELETE', `${schedules}1/`)
  await say('GET', '/api/scheduledworkflows/1/')
  close('schedules')
})

test('sites, nodes, queues, targets and health are shown, and bandwidth is limited', async () => {
  const { say, close } = await conversation()
  for (const path of [
    'sites/',
    'sites/1/',
    'sites/9/',
    'sites/1/health/',
    'nodes/',
    'nodes/2/',
    'queues/?site=dfoster2',
  ])
    await say('GET', `/api/${path}`, { as: 'rita' })
  await say('GET', '/api/datastores/')
  await say('GET', '/api/datastores/2/')
  await say('GET', '/api/datastores/3/')
  await say('GET', '/api/datastores/', { as: 'alice' })
  await say('PATCH', '/api/sites/1/', { body: { bandwidth: 500 } })
  await say('PATCH', '/api/sites/1/', { body: { bandwidth: -1 } })
  await say('PATCH', '/api/sites/1/', { as: 'alice', body: { bandwidth: 1 } })
  await say('GET', '/api/health')
  await say('GET', '/api/health/')
  close('sites')
})

test('settings, features, alerts, actions', async () => {
  const { say, close, door } = await conversation()
  await say('GET', '/api/configurations/', { as: 'rita' })
  await say('PATCH', '/api/configurations/', { body: { jobs_ttl: 30 } })
  await say('PATCH', '/api/configurations/', { body: { nothing: 30 } })
  await say('PATCH', '/api/configurations/', { as: 'alice', body: { jobs_ttl: 30 } })
  await say('GET', '/api/features/', { as: 'rita' })
  await say('PATCH', '/api/features/searchui/', { body: { enabled: false } })
  await say('PATCH', '/api/features/searchui/', { body: { enabled: 'maybe' } })
  await say('PATCH', '/api/features/searchui/', { as: 'alice', body: { enabled: true } })
  await say('GET', '/api/features/nothing/')
  const alert = { name: 'SiteHealth', node: null, queue: null, createdAt: door.clock.now(), at: door.clock.now() }
  door.hub.alertsHeld = [
    { ...alert, id: 99, site: 'dfoster1', severity: 'CRITICAL', summary: 'No workers are joined', suppressed: false },
    { ...alert, id: 100, site: 'dfoster2', severity: 'INFO', summary: 'muted', suppressed: true },
  ]
  await say('GET', '/api/alerts/', { as: 'rita' })
  await say('GET', '/api/alerts/?severity=info&suppressed=true')
  await say('GET', '/api/alerts/?severity=LOUD')
  await say('PATCH', '/api/alerts/99/', { as: 'alice', body: { suppressed: true } })
  await say('PATCH', '/api/alerts/99/', { body: { suppressed: 'maybe' } })
  await say('PATCH', '/api/alerts/99/', { body: { suppressed: true } })
  await say('GET', '/api/alerts/99/', { as: 'rita' })
  await say('GET', '/api/alerts/98/')
  await say('POST', '/api/actions/', { body: { action: 'discover_nodes' } })
  await say('POST', '/api/actions/', { body: { action: 'reboot' } })
  await say('POST', '/api/actions/', { as: 'alice', body: { action: 'discover_nodes' } })
  await say('GET', '/api/actions/1/')
  await say('GET', '/api/actions/2/')
  close('settings')
})

test('folders are browsed and searched', async () => {
  const { say, close, door } = await conversation()
  const times = { mtime: door.clock.now(), ctime: door.clock.now(), atime: door.clock.now() }
  const file = { ...times, sizeBytes: 264321, residentBytes: 0, mode: 0o100644, uid: 1000, gid: 1000 }
  door.workflows.files = [
    { ...file, name: 'data', path: '/mmfs1/data', type: 'directory', status: 'resident' },
    { ...file, name: 'a.tgz', path: '/mmfs1/data/a.tgz', type: 'file', status: 'migrated' },
    { ...file, name: '.ngenea', path: '/mmfs1/data/.ngenea', type: 'file', status: 'resident' },
    { ...file, name: 'sub', path: '/mmfs1/data/sub', type: 'directory', status: 'resident' },
  ]
  const where = 'site=dfoster1&path='
  await say('GET', `/api/file/?${where}mmfs1/data`)
  await say('GET', `/api/file/?${where}/mmfs1/data&details=true&restricted=true&type=file&page_size=0`)
  await say('GET', `/api/file/?${where}/mmfs1/data&page=2&page_size=5`)
  await say('GET', '/api/file/')
  await say('GET', `/api/file/?${where}/etc`)
  await say('GET', `/api/file/?${where}/mmfs1/nothing`)
  await say('GET', '/api/file/?site=nosite&path=/mmfs1')
  await say('GET', `/api/file/?${where}/mmfs1/data&type=socket`)
  const search = { path: '/mmfs1/data', sites: ['dfoster1'], recursive: true, filters: { 'hsm.status': 'migrated' } }
  await say('POST', '/api/search/', { as: 'alice', body: search })
  await say('POST', '/api/search/', { as: 'alice', body: { sites: 'dfoster1' } })
  door.hub.hitsHeld = [{ site: 'dfoster1', path: '/mmfs1/data/a.tgz', name: 'a.tgz', metadata: { 'core.size': 1 } }]
  await say('GET', '/api/search/1/', { as: 'alice' })
  await say('GET', '/api/search/9/', { as: 'alice' })
  close('files')
})

test('accounts and groups', async () => {
  const { say, close } = await conversation()
  await say('GET', '/api/users/', { as: 'alice' })
  await say('GET', '/api/users/')
  await say('GET', '/api/users/me/', { as: 'alice' })
  await say('GET', '/api/users/root/', { as: 'alice' })
  await say('GET', '/api/groups/')
  await say('GET', '/api/groups/', { as: 'alice' })
  await say('POST', '/api/groups/', { body: { name: 'Editors', members: ['alice'] } })
  await say('POST', '/api/groups/', { body: { name: 'two words' } })
  await say('PATCH', '/api/groups/3/', { body: { description: 'Who cuts films' } })
  await say('GET', '/api/groups/3/')
  await say('PUT', '/api/groups/3/', { body: { name: 'Cutters' } })
  await say('DELETE', '/api/groups/3/')
  await say('DELETE', '/api/groups/3/')
  const carol = { username: 'carol', password: 'correct horse battery', name: 'Carol', email: 'carol@example.org' }
  await say('POST', '/api/users/', { body: carol })
  await say('POST', '/api/users/', { body: carol })
  await say('POST', '/api/users/', { body: { username: '1', password: 'short', roles: ['king'], email: 'x' } })
  await say('POST', '/api/users/', { body: { ...carol, username: 'dave', password: 'short' } })
  await say('POST', '/api/users/', { as: 'alice', body: carol })
  await say('PATCH', '/api/users/carol/', { body: { roles: ['support'], name: 'Carol C.' } })
  await say('PATCH', '/api/users/me/', { as: 'alice', body: { email: 'alice@example.org' } })
  await say('PATCH', '/api/users/me/', { as: 'alice', body: { roles: ['admin'] } })
  await say('PATCH', '/api/users/carol/', { as: 'alice', body: { email: '' } })
  await say('PATCH', '/api/users/me/', { body: { roles: ['user'] } })
  await say('DELETE', '/api/users/me/')
  await say('DELETE', '/api/users/carol/')
  await say('DELETE', '/api/users/carol/')
  close('people')
})

test('the root links to every list, and OPTIONS says what a path takes', async () => {
  const { say, close } = await conversation()
  await say('GET', '/api/')
  await say('OPTIONS', '/api/file/workflow/')
  await say('OPTIONS', '/api/jobs/')
  await say('OPTIONS', '/api/auth/token/', { as: null })
  await say('GET', '/api/nothing/', { as: null })
  close('root')
})
