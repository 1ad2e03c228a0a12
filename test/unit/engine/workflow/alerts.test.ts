/** What somebody is told to look at, and for how long. */

import { expect, test } from 'vitest'
import { aCaller } from '../../../support/house.ts'
import { WorkflowHouse } from '../../../support/workflow-house.ts'

const admin = aCaller('root', 'admin')
const HOUR_MS = 3_600_000
const paths = (...names: string[]) => ({ discovery: null, paths: names.map((name) => ({ path: `/data/${name}` })) })

async function alerting(settings: Record<string, unknown> = { job_alerts_non_scheduled: true }) {
  const house = await new WorkflowHouse().open()
  await house.keeping.configurations.change(admin, settings)
  const told = async () =>
    (await house.keeping.alerts.list())
      .filter(({ name }) => name !== 'SiteHealth')
      .map(({ name, summary }) => `${name}: ${summary}`)
  return { house, told }
}

test('an alert keeps its number and its first time over a restart, and is another when its matter comes again', async () => {
  const { house } = await alerting()
  house.movers.disconnect()
  const [first, other] = await house.keeping.alerts.list()
  expect(first).toMatchObject({ id: expect.any(Number), name: 'SiteHealth', site: 'one', suppressed: false })
  house.clock.turn(HOUR_MS)
  await house.close()
  await house.open()
  house.movers.disconnect()
  const again = await house.keeping.alerts.list()
  expect(again).toMatchObject([
    { id: first!.id, createdAt: first!.createdAt, at: first!.createdAt + HOUR_MS },
    { id: other!.id },
  ])
  house.movers.connect()
  expect(await house.keeping.alerts.list()).toEqual([])
  house.movers.disconnect()
  expect((await house.keeping.alerts.list())[0]!.id).toBeGreaterThan(other!.id)
})

test('an administrator mutes an alert until its matter is over', async () => {
  const { house } = await alerting()
  house.movers.disconnect()
  const { alerts } = house.keeping
  const [{ id } = { id: 0 }] = await alerts.list()
  await expect(alerts.suppress(aCaller(), id, true)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(alerts.suppress(admin, 999, true)).rejects.toMatchObject({ code: 'not_found' })
  expect(await alerts.suppress(admin, id, true)).toMatchObject({ id, suppressed: true })
  expect(await alerts.list()).toMatchObject([{ id, suppressed: true }, { suppressed: false }])
  expect(await alerts.suppress(admin, id, false)).toMatchObject({ id, suppressed: false })
})

test('alerts are told while nothing can be stored', async () => {
  const house = new WorkflowHouse()
  const full = async () => Promise.reject(new Error('the disk is full'))
  await house.open((store) => ({ ...store, workflows: { ...store.workflows, insertDocument: full } }))
  house.movers.disconnect()
  const names = (await house.keeping.alerts.list()).map(({ id, name }) => [id, name])
  expect(names).toEqual([
    [-1, 'SiteHealth'],
    [-2, 'SiteHealth'],
  ])
})

test('many who ask at once are told of the same alerts', async () => {
  const { house } = await alerting()
  house.movers.disconnect()
  const lists = await Promise.all(Array.from({ length: 20 }, () => house.keeping.alerts.list()))
  expect(new Set(lists.map((list) => list.map(({ id }) => id).join())).size).toBe(1)
})

test('of jobs nothing is told that nobody asked for', async () => {
  const { house, told } = await alerting({ job_alerts_scheduled: true })
  house.movers.disconnect()
  const { id } = await house.submit(paths('a'))
  house.clock.turn(3 * HOUR_MS)
  expect(await told()).toEqual([])
  await house.keeping.configurations.change(admin, { job_alerts_non_scheduled: true, job_alert_not_started_hours: 1 })
  expect(await told()).toEqual([`JobNotStarted: Job ${id} has not started for an hour`])
  await house.keeping.configurations.change(admin, { job_alert_not_started_hours: 0 })
  expect(await told()).toEqual([])
})

test('a job that stands still is told of, and no more when it goes on', async () => {
  const { house, told } = await alerting()
  const { id } = await house.submit({ ...paths(), discovery: 'recursive', paths: [{ path: '/data' }] })
  const [discovery] = await house.tasks(id)
  await house.order(discovery!.id)
  await house.until(id, 'started')
  expect(await told()).toEqual([])
  house.clock.turn(2 * HOUR_MS)
  expect(await told()).toEqual([`JobNoProgress: Job ${id} makes no progress for 2 hours`])
  await house.find(discovery!.id, 0, [{ path: '/data/x', type: 'file', sizeBytes: 1, state: 'processed' }])
  expect(await told()).toEqual([])
})

test('a job whose tasks fail is told of while it goes on, and for a day after it ended', async () => {
  const { house, told } = await alerting()
  const { id } = await house.submit({ ...paths(), discovery: 'recursive', paths: [{ path: '/data' }] })
  const [discovery] = await house.tasks(id)
  await house.find(discovery!.id, 0, [{ path: '/data/x', type: 'file', sizeBytes: 1, state: 'processed' }])
  const [, step] = await house.tasks(id)
  await house.end(step!.id, 'failed')
  expect(await told()).toEqual([`JobFailing: Job ${id} has tasks that failed`])
  await house.end(discovery!.id)
  await house.until(id, 'error')
  expect(await told()).toEqual([`JobHasFailures: Job ${id} ended with tasks that failed`])
  await house.keeping.configurations.change(admin, { job_alert_has_failures: false })
  expect(await told()).toEqual([])
  await house.keeping.configurations.change(admin, { job_alert_has_failures: true })
  house.clock.turn(24 * HOUR_MS)
  expect(await told()).toEqual([])
})
