/** The options of `nc run` made job descriptions (VOV_JOB_DESC), one for each job. */

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { UsageError } from '../../failure.ts'
import { fillIn, readIndexes } from './array.ts'
import { defaultLogfile } from './logfile.ts'
import type { RunOptions } from './run-options.ts'
import { environmentName, needsSnapshot, snapshotOf } from './snapshot.ts'

/** The body of `POST /api/v3/jobs`. */
export type Description = Readonly<Record<string, unknown>> & { command: string; logfile: string; rundir: string }

export interface Describing {
  options: RunOptions
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  user: string
  now: Date
}

/** @throws UsageError when there is no command, or an option cannot be read */
export function* describeJobs(commands: Iterable<string>, asked: Describing): Generator<Description> {
  const { options, env, now } = asked
  const shared = sharedKeys(asked)
  const indexes = options.array === undefined ? undefined : readIndexes(options.array)
  const arrayId = `${now.getTime()}-${randomUUID().slice(0, 8)}`
  let number = 0
  for (const command of commands) {
    for (const index of indexes ?? [0]) {
      number += 1
      const logfile =
        logfileOf(asked, indexes ? index : undefined) ?? defaultLogfile({ env, now, number: unique(number) })
      const description = { ...shared, command, logfile } as Description
      yield indexes ? fillEach(description, { index, arrayId }) : description
    }
  }
}

/** The log's place if `-l` says one; a log of an array without `@INDEX@` gets the index added, so that each job has its own. */
function logfileOf({ options: { logfile } }: Describing, index: number | undefined): string | undefined {
  if (logfile === undefined || index === undefined || logfile.includes('@INDEX@')) return logfile
  return `${logfile}.${index}`
}

let offset: number | undefined

/** A number of six digits that differs for up to a million jobs of one command. */
function unique(number: number): number {
  offset ??= Math.floor(Math.random() * 1_000_000)
  return (offset + number) % 1_000_000
}

/** Every text is filled in but the environment, which may be large and is the person's own. */
function fillEach(description: Description, place: { index: number; arrayId: string }): Description {
  const { 'env,snapshot': snapshot, ...rest } = description
  const filled = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, fillIn(value, place)]))
  return (snapshot ? { ...filled, 'env,snapshot': snapshot } : filled) as Description
}

function sharedKeys(asked: Describing): Record<string, unknown> {
  const { options, env, cwd } = asked
  const environment = environmentName(options.env, env)
  const keys = {
    rundir: resolve(cwd, options.dir ?? '.'),
    env: environment,
    'env,snapshot': needsSnapshot(environment) ? snapshotOf(env) : undefined,
    submithost: hostname().split('.')[0],
    umask: process.umask().toString(8).padStart(3, '0'),
    'priority,sched': options.priority,
    resources: options.resources?.join(' '),
    ...groupOf(asked),
    autoforget: options.keep ? 0 : options.autoforget,
    keepfor: options.keepfor,
    autokill: options.kill,
    xdur: options.xdur,
    preemptable: options.preemptable,
    rerunnable: options.rerunnable,
    legalExit: options.legalexit,
    jobname: options.jobname,
    jobclass: options.jobclass,
    jobproj: options.jobproj,
    jpp: options.jpp,
    setName: options.set,
    wrapper: options.wrapper,
    mailuser: options.mail,
    inputs: options.input,
    outputs: options.output,
    proplist: options.prop && propertiesOf(options.prop),
  }
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined))
}

/** `-sg NAME` is `/time/users.USER:NAME` (Accelerator, FairShare Groups). */
function groupOf({ options, user }: Describing): Record<string, string> {
  const { group, groupFinal, subgroup } = options
  if (groupFinal !== undefined) return { 'group,final': groupFinal }
  if (subgroup === undefined) return group === undefined ? {} : { group }
  const parent = group === undefined ? '/time/users' : group.startsWith('/') ? group : `/time/${group}`
  return { 'group,final': `${parent}.${user}:${subgroup}` }
}

function propertiesOf(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new UsageError(`-P takes NAME=VALUE, not "${pair}"`)
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  return Object.fromEntries(entries)
}
