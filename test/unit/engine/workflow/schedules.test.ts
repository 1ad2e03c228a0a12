import { describe, expect, test, vi } from 'vitest'
import type { Target } from '../../../../src/workflow/site.ts'
import { aCaller } from '../../../support/house.ts'
import { anEntry, aSite, PATIENCE, WorkflowHouse } from '../../../support/workflow-house.ts'

const admin = aCaller('root', 'admin')
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

const NIGHTLY = {
  name: 'nightly',
  workflow: 'migrate',
  site: 'one',
  queue: 'default',
  paths: ['/data/x'],
  fields: {},
  discovery: null,
  cron: '30 12 * * *',
  timeZone: 'Europe/Zurich',
  enabled: true,
} as const

const BOTH_WAYS = {
  ...NIGHTLY,
  workflow: 'bidirectional_sync',
  discovery: 'bidirectional_snapdiff',
  fields: { destinationsite: 'two' },
  cron: '*/10 * * * *',
} as const

const aTarget = (below: string, path = '/bucket'): Target => ({
  name: 'bucket',
  storage: { kind: 'disk', path },
  s3: { endpoint: null, region: '', credentialsFile: null, pathStyle: false },
  below,
})
const APART = [
  aSite('one', { roots: ['/mmfs1'], targets: [aTarget('/mmfs1')] }),
  aSite('two', { id: 2, roots: ['/mmfs2'], targets: [aTarget('/mmfs2')] }),
]

const latest = async (house: WorkflowHouse) => {
  const order = { field: 'id', descending: true } as const
  return house.workflows.runs(aCaller(), { filter: {}, order, offset: 0, limit: 10 })
}

/** A minute at a time, as a server lives it. */
async function turn(house: WorkflowHouse, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    house.clock.turn(MINUTE_MS)
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
}

describe('a schedule', () => {
  test('begins its run at its time of its zone, as who made it', async () => {
    const house = await new WorkflowHouse().open()
    await house.workflows.createSchedule(admin, NIGHTLY)
    // 09:00 in UTC is 10:00 there.
    await turn(house, 149)
    expect(await latest(house)).toEqual([])
    await turn(house, 2)
    await vi.waitFor(async () =>
      expect(await latest(house)).toMatchObject([{ owner: 'root', schedule: 1, site: 'one' }]),
    )
    await vi.waitFor(async () =>
      expect(await house.workflows.schedules()).toMatchObject([{ lastRunAt: expect.any(Number) }]),
    )
  })

  test('does not begin while schedules are off, nor for what was missed while the server was down', async () => {
    const house = await new WorkflowHouse().open()
    await house.workflows.createSchedule(admin, NIGHTLY)
    await house.keeping.configurations.change(admin, { schedules_enabled: false })
    await turn(house, 160)
    await house.close()
    house.clock.turn(24 * HOUR_MS)
    await house.open()
    await house.keeping.configurations.change(admin, { schedules_enabled: true })
    await turn(house, 3)
    expect(await latest(house)).toEqual([])
  })

  test('goes both ways one after the other, and is skipped while it does', async () => {
    const house = await new WorkflowHouse().open()
    await house.workflows.createSchedule(admin, BOTH_WAYS)
    await turn(house, 11)
    await vi.waitFor(async () => expect(await latest(house)).toHaveLength(1), PATIENCE)
    await turn(house, 11)
    const [there] = await latest(house)
    expect(there).toMatchObject({ id: 1, site: 'one', fields: { destinationsite: 'two' } })
    await house.finish(1, [anEntry('/data/x/a', { state: 'created' })])
    await vi.waitFor(async () => expect((await latest(house))[0]).toMatchObject({ id: 2, site: 'two' }), PATIENCE)
    expect((await house.run(2)).fields).toMatchObject({ destinationsite: 'one' })
    await house.finish(2)
    await turn(house, 11)
    await vi.waitFor(async () => expect((await latest(house))[0]).toMatchObject({ id: 3, site: 'one' }), PATIENCE)
  })

  test('comes back from where the folder lies on the other site', async () => {
    const house = await new WorkflowHouse(APART).open()
    await house.workflows.createSchedule(admin, { ...BOTH_WAYS, paths: ['/mmfs1/data'] })
    await turn(house, 11)
    await vi.waitFor(async () => expect(await latest(house)).toHaveLength(1), PATIENCE)
    await house.finish(1)
    await vi.waitFor(async () => expect((await latest(house))[0]).toMatchObject({ id: 2, site: 'two' }), PATIENCE)
    expect(await house.run(2)).toMatchObject({ paths: [{ path: '/mmfs2/data' }], fields: { destinationsite: 'one' } })
  })

  test('cannot go both ways between sites that share no storage', async () => {
    const elsewhere = { ...APART[1]!, targets: [aTarget('/mmfs2', '/elsewhere')] }
    const house = await new WorkflowHouse([APART[0]!, elsewhere]).open()
    const made = house.workflows.createSchedule(admin, { ...BOTH_WAYS, paths: ['/mmfs1/data'] })
    await expect(made).rejects.toMatchObject({ code: 'invalid', details: { field: 'fields.destinationsite' } })
  })

  test('that goes both ways because its workflow does is skipped as well, and cannot cease to', async () => {
    const house = await new WorkflowHouse().open()
    const schedule = await house.workflows.createSchedule(admin, { ...BOTH_WAYS, discovery: null })
    await turn(house, 31)
    await vi.waitFor(async () => expect(await latest(house)).toHaveLength(1), PATIENCE)
    expect((await house.run(1)).discovery).toBe('bidirectional_snapdiff')
    const oneWay = house.workflows.changeSchedule(admin, { ...schedule, discovery: 'snapdiff' })
    await expect(oneWay).rejects.toMatchObject({ details: { field: 'discovery' } })
  })

  test.each([
    [{ cron: '* * * *' }, 'cron'],
    [{ cron: '61 * * * *' }, 'cron'],
    [{ timeZone: 'Mars/Olympus' }, 'time_zone'],
    [{ name: ' ' }, 'name'],
    [{ workflow: 'none' }, 'workflow'],
    [{ paths: ['/etc'] }, 'paths'],
    [{ ...BOTH_WAYS, fields: { destinationsite: 'one' } }, 'fields.destinationsite'],
  ])('with %j is refused', async (changes, field) => {
    const house = await new WorkflowHouse().open()
    const made = house.workflows.createSchedule(admin, { ...NIGHTLY, ...changes })
    await expect(made).rejects.toMatchObject({ code: 'invalid', details: { field } })
  })

  test('is made, changed and removed by administrators', async () => {
    const house = await new WorkflowHouse().open()
    await expect(house.workflows.createSchedule(aCaller(), NIGHTLY)).rejects.toMatchObject({ code: 'forbidden' })
    const schedule = await house.workflows.createSchedule(admin, NIGHTLY)
    const changed = { ...schedule, enabled: false, owner: 'eve' }
    expect(await house.workflows.changeSchedule(admin, changed)).toMatchObject({ enabled: false, owner: 'root' })
    const both = { ...schedule, ...BOTH_WAYS }
    await expect(house.workflows.changeSchedule(admin, both)).rejects.toMatchObject({ details: { field: 'discovery' } })
    await house.workflows.removeSchedule(admin, schedule.id)
    await expect(house.workflows.removeSchedule(admin, schedule.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a snapdiff', () => {
  const sync = { workflow: 'site_sync', fields: { destinationsite: 'two' } }

  test('that ends well keeps what it saw, as its last task, once', async () => {
    const house = await new WorkflowHouse().open()
    const { id } = await house.submit(sync)
    const run = await house.finish(id, [anEntry('/data/x/a', { state: 'deleted' })])
    expect(run).toMatchObject({ state: 'success', totals: { outcomes: { processed: 1 } } })
    const tasks = await house.tasks(id)
    const last = tasks.at(-1)!
    expect(tasks.map(({ name }) => name)).toEqual([
      'dynamo.tasks.snapdiff',
      'dynamo.tasks.delete_paths_from_gpfs',
      'dynamo.tasks.rotate_snapshot',
    ])
    expect(last.arguments.manifest).toMatch(/^site_sync-[0-9a-f]{16}$/)
  })

  test('does not begin beside another that compares the same, whatever is asked at once', async () => {
    const house = await new WorkflowHouse().open()
    const asked = await Promise.allSettled([house.submit(sync), house.submit(sync), house.submit(sync)])
    const { value } = asked.find((one) => one.status === 'fulfilled')!
    const refused = {
      code: 'invalid',
      details: { field: 'paths' },
      message: expect.stringMatching(/^Job 1 compares the same/),
    }
    expect(asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toMatchObject([refused, refused])
    await house.submit({ ...sync, paths: [{ path: '/data/y' }] })
    await house.workflows.control(admin, value.id, 'pause')
    await expect(house.submit(sync)).rejects.toMatchObject(refused)
    await house.workflows.control(admin, value.id, 'resume')
    await house.finish(value.id)
    expect(await house.submit(sync)).toMatchObject({ discovery: 'snapdiff' })
  })

  test('that found nothing is skipped as a whole, and keeps what it saw', async () => {
    const house = await new WorkflowHouse().open()
    const { id } = await house.submit(sync)
    expect((await house.finish(id)).state).toBe('skipped')
    expect((await house.tasks(id)).map(({ name }) => name)).toEqual([
      'dynamo.tasks.snapdiff',
      'dynamo.tasks.rotate_snapshot',
    ])
  })

  test('that does not end well is compared with the same the next time', async () => {
    const house = await new WorkflowHouse().open()
    const { id } = await house.submit(sync)
    const [discovery] = await house.tasks(id)
    await house.find(discovery!.id, 0, [anEntry('/data/x/a', { state: 'deleted' })])
    await house.end(discovery!.id)
    const [, step] = await house.tasks(id)
    await house.end(step!.id, 'failed')
    await house.until(id, 'error')
    expect(await house.tasks(id)).toHaveLength(2)
  })
})
