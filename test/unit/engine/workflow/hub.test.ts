import { describe, expect, test } from 'vitest'
import { within } from '../../../../src/engine/workflow/browse.ts'
import { HandClock } from '../../../support/clock.ts'
import { aCaller } from '../../../support/house.ts'
import { aUser } from '../../../support/memory-store.ts'
import { WorkflowHouse } from '../../../support/workflow-house.ts'

const admin = aCaller('root', 'admin')

describe('configurations', () => {
  test('have the defaults of the original, and keep what an administrator changes', async () => {
    const house = await new WorkflowHouse().open()
    expect(await house.keeping.configurations.get()).toMatchObject({ jobs_ttl: 90, schedules_enabled: true })
    await house.keeping.configurations.change(admin, { jobs_ttl: 7 })
    await house.close()
    await house.open()
    expect(await house.keeping.configurations.get()).toMatchObject({ jobs_ttl: 7, search_max_results: 200 })
  })

  test.each([
    [{ jobs_ttl: '7' }, 'jobs_ttl', 'A valid integer is required.'],
    [{ jobs_ttl: 0 }, 'jobs_ttl', 'Ensure this value is greater than or equal to 1.'],
    [{ schedules_enabled: 1 }, 'schedules_enabled', 'Must be a valid boolean.'],
    [{ search_backend: 'x' }, 'search_backend', '"x" is not a valid choice.'],
    [{ custom_statistics_tasks: [1] }, 'custom_statistics_tasks', 'Not a valid string.'],
    [{ nonsense: 1 }, 'nonsense', 'There is no such setting.'],
  ])('%j is refused whole', async (changes, field, message) => {
    const { keeping } = await new WorkflowHouse().open()
    const made = keeping.configurations.change(admin, { salt_task_timeout: 5, ...changes })
    await expect(made).rejects.toMatchObject({ code: 'invalid', message, details: { field } })
    expect(await keeping.configurations.get()).toMatchObject({ salt_task_timeout: 60 })
    await expect(keeping.configurations.change(aCaller(), {})).rejects.toMatchObject({ code: 'forbidden' })
  })
})

test('features are shown and hidden', async () => {
  const { keeping } = await new WorkflowHouse().open()
  expect(await keeping.features.change(admin, 'searchui', false)).toMatchObject({ name: 'searchui', enabled: false })
  expect(await keeping.features.list()).toMatchObject([{ enabled: false }, { enabled: true }])
  await expect(keeping.features.change(admin, 'none', true)).rejects.toMatchObject({ code: 'not_found' })
})

test('a site whose mover cannot be had is critical, and an alert', async () => {
  const { keeping, movers } = await new WorkflowHouse().open()
  const nodes = (online: boolean) => [{ name: 'node01', online }]
  expect(await keeping.health.sites()).toMatchObject([{ site: 'one', health: 'ok', nodes: nodes(true) }, {}])
  expect(await keeping.alerts.list()).toEqual([])
  movers.disconnect()
  expect(await keeping.health.sites()).toMatchObject([{ site: 'one', health: 'critical', nodes: nodes(false) }, {}])
  const [alert] = await keeping.alerts.list()
  expect(alert).toMatchObject({ id: 1, site: 'one', name: 'SiteHealth', summary: 'No workers are joined' })
  expect((await keeping.alerts.list())[0]).toMatchObject({ id: 1 })
})

test('the one action tells the nodes', async () => {
  const { keeping } = await new WorkflowHouse().open()
  const action = await keeping.actions.start(admin, 'discover_nodes')
  expect(await keeping.actions.get(admin, action.id)).toEqual(action)
  expect(action).toMatchObject({
    user: 'root',
    state: 'success',
    results: { nodes: [{ site: 'one' }, { site: 'two' }] },
  })
  await expect(keeping.actions.start(admin, 'reboot')).rejects.toMatchObject({ details: { field: 'action' } })
  await expect(keeping.actions.start(aCaller(), 'discover_nodes')).rejects.toMatchObject({ code: 'forbidden' })
})

test('groups are those of the roles, and those that somebody made', async () => {
  const house = await new WorkflowHouse().open()
  const { groups } = house.keeping
  await house.store.users.insert(aUser({ name: 'alice' }))
  await house.store.users.insert(aUser({ name: 'root', roles: ['admin'] }))
  const mine = await groups.create(admin, { name: 'mine', description: '', members: ['alice'] })
  await expect(groups.create(admin, { ...mine })).rejects.toMatchObject({ code: 'conflict' })
  await groups.change(admin, mine.id, { name: 'ours' })
  expect(await groups.list(aCaller())).toMatchObject([
    { id: 1, name: 'Administrators', members: ['root'] },
    { id: 2, name: 'Users', members: ['alice'] },
    { id: mine.id, name: 'ours', members: ['alice'] },
  ])
  await expect(groups.remove(admin, 1)).rejects.toMatchObject({ code: 'conflict' })
  await groups.remove(admin, mine.id)
  expect(await groups.list(aCaller())).toHaveLength(2)
})

test('a limit of bandwidth is told to who moves, and again after a restart', async () => {
  const house = await new WorkflowHouse().open()
  const told: string[] = []
  house.keeping.bandwidths.listen((site) => told.push(site))
  await house.keeping.bandwidths.limit(admin, 'one', 1000)
  expect(house.keeping.bandwidths.of('one')).toBe(1000)
  const run = await house.submit()
  const [task] = await house.tasks(run.id)
  expect(await house.order(task!.id)).toMatchObject({ site: { bandwidthBytes: 1000 } })
  expect(told).toEqual(['one'])
})

test('runs are let go when their time is over', async () => {
  const house = await new WorkflowHouse().open()
  const { id } = await house.submit()
  await house.finish(id)
  house.clock.turn(91 * 86_400_000)
  const look = async () => {
    house.clock.turn(3_600_000)
    return house.run(id).catch((error) => error.code)
  }
  await expect.poll(look, { timeout: 5000 }).toBe('not_found')
})

test('a path counts where its way ends, and also at the tasks that the configuration names', async () => {
  const house = await new WorkflowHouse().open()
  const counted = async () => {
    const { id } = await house.submit({ workflow: 'send', discovery: null, fields: { destinationsite: 'two' } })
    await house.finish(id)
    return (await house.run(id)).totals.outcomes.processed
  }
  expect(await counted()).toBe(1)
  await house.keeping.configurations.change(admin, { custom_statistics_tasks: ['dynamo.tasks.migrate'] })
  expect(await counted()).toBe(2)
})

test('who looks into a folder is not kept for longer than the configuration says', async () => {
  const clock = new HandClock()
  const never = within(clock, 10_000, new Promise(() => {}))
  clock.turn(10_000)
  await expect(never).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('within 10 s') })
  expect(await within(clock, 10_000, Promise.resolve('there'))).toBe('there')
  expect(await within(clock, 0, Promise.resolve('there'))).toBe('there')
})
