/** Settings that are changed while the server runs, by the names and with the defaults of the original (spec/hub.md 10.2). */

import { type Caller, permit } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import { SmallFacts, type SmallFactsParts } from './small-facts.ts'

export interface Configurations {
  get(): Promise<Readonly<Record<string, unknown>>>
  /** All of them or none. @throws invalid naming the setting, forbidden */
  change(caller: Caller, changes: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
  /** A whole number of them. */
  number(name: string): Promise<number>
  /** As it was when somebody read or changed any, for who cannot wait. */
  latest(name: string): number
  /** The names of it. */
  names(name: string): Promise<readonly string[]>
  isOn(name: string): Promise<boolean>
}

interface Setting {
  standard: unknown
  /** What is wrong with a value; undefined where nothing is. */
  complain(value: unknown): string | undefined
}

const MOST = 2_000_000_000
const MOST_TASKS = 1000

const whole = (standard: number, least = 0, most = MOST): Setting => ({
  standard,
  complain(value) {
    if (!Number.isInteger(value)) return 'A valid integer is required.'
    if (Number(value) < least) return `Ensure this value is greater than or equal to ${least}.`
    return Number(value) > most ? `Ensure this value is less than or equal to ${most}.` : undefined
  },
})

const flag = (standard: boolean): Setting => ({
  standard,
  complain: (value) => (typeof value === 'boolean' ? undefined : 'Must be a valid boolean.'),
})

const choice = (standard: string, ...others: string[]): Setting => ({
  standard,
  complain: (value) =>
    [standard, ...others].includes(String(value)) ? undefined : `"${String(value)}" is not a valid choice.`,
})

const names: Setting = {
  standard: [],
  complain(value) {
    if (!Array.isArray(value)) return 'Expected a list of items.'
    return value.length <= MOST_TASKS && value.every((one) => typeof one === 'string')
      ? undefined
      : 'Not a valid string.'
  },
}

/** Days and minutes and seconds as the original counts them. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  jobs_ttl: whole(90, 1, 36_500),
  search_backend: choice('pixstor_search', 'analytics'),
  search_max_results: whole(200, 1, 10_000),
  search_result_ttl: whole(7, 1, 36_500),
  snapshot_create_delete_retry_timeout: whole(1000),
  stat_timeout: whole(10),
  stat_refresh_period: whole(10),
  task_invalidation_timeout: whole(360),
  snapdiff_stream_timeout: whole(10),
  force_local_managed_users: flag(false),
  custom_statistics_tasks: names,
  analytics_timeout: whole(10),
  maximum_external_results: whole(100),
  node_health_last_heartbeat_interval: whole(120, 1),
  initial_uid: whole(100_000),
  initial_gid: whole(100_000),
  schedules_enabled: flag(true),
  salt_task_timeout: whole(60),
  // Ours; the original keeps them on its page of settings, with these values.
  job_alerts_scheduled: flag(false),
  job_alerts_non_scheduled: flag(false),
  job_alert_not_started_hours: whole(2, 0, 10_000),
  job_alert_no_progress_hours: whole(2, 0, 10_000),
  job_alert_failing: flag(true),
  job_alert_has_failures: flag(true),
}
const STANDARD = Object.fromEntries(Object.entries(SETTINGS).map(([name, { standard }]) => [name, standard]))

export function createConfigurations(parts: SmallFactsParts): Configurations {
  const facts = new SmallFacts(parts, 'configuration')
  let known: Record<string, unknown> = STANDARD
  const get = async () => {
    known = { ...STANDARD, ...(await facts.all()) }
    return known
  }
  return {
    get,
    async change(caller, changes) {
      permit(caller, 'administer', caller.user)
      for (const [name, value] of Object.entries(changes)) {
        const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined
        const complaint = setting ? setting.complain(value) : 'There is no such setting.'
        if (complaint) throw new DomainError('invalid', complaint, { field: name })
      }
      await Promise.all(Object.entries(changes).map(([name, value]) => facts.put(name, value)))
      return get()
    },
    number: async (name) => Number((await get())[name]),
    latest: (name) => Number(known[name]),
    names: async (name) => (await get())[name] as string[],
    isOn: async (name) => (await get())[name] === true,
  }
}
