/** What `from` may name, and where its rows come from. */

import type { Caller } from '../../../auth/caller.ts'
import type { Clock } from '../../../base/clock.ts'
import { DomainError } from '../../../base/errors.ts'
import { parseId } from '../../../base/id.ts'
import { nearestOf } from '../../../base/nearest.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { JobField } from '../../../job/field.ts'
import type { Filter } from '../../../job/filter.ts'
import type { Catalogue, Field } from './field.ts'
import { HOSTS, hostThings } from './host.ts'
import { JOB_FIELDS } from './job/columns.ts'
import * as objects from './objects.ts'
import type { RowSource, Thing } from './row-source.ts'
import { setNamed } from './set.ts'

/** What queries need of the server. */
export interface QueryParts {
  engine: Pick<Engine, 'jobs' | 'hosts' | 'heldOn' | 'buckets'>
  listUsers(): Promise<readonly { name: string; level: string }[]>
  project: { name: string; version: string }
  clock: Clock
}

export interface JobSource {
  kind: 'jobs'
  filter: Filter<JobField>
}

export type Source = JobSource | RowSource

interface RowOrigin {
  about: string
  catalogue: Catalogue<Field>
  things(parts: QueryParts, caller: Caller): readonly Thing[] | Promise<readonly Thing[]>
}

const JOBS_ABOUT = 'Every job'

const ORIGINS: Readonly<Record<string, RowOrigin>> = {
  hosts: { about: 'The hosts that jobs run on', catalogue: HOSTS, things: hosts },
  taskers: { about: 'The same as hosts: each has one tasker', catalogue: HOSTS, things: hosts },
  users: {
    about: 'The accounts that may sign in',
    catalogue: objects.USERS,
    things: async ({ listUsers }) => objects.userThings(await listUsers()),
  },
  sets: {
    about: 'The sets that jobs are in',
    catalogue: objects.SETS,
    things: ({ engine }, caller) => objects.setThings(engine.jobs, caller),
  },
  buckets: {
    about: 'Queued jobs that compete alike',
    catalogue: objects.BUCKETS,
    things: ({ engine }) => objects.bucketThings(engine),
  },
  states: {
    about: 'How many jobs stand in each state',
    catalogue: objects.STATES,
    things: ({ engine }, caller) => objects.stateThings(engine.jobs, caller),
  },
  project: { about: 'This queue itself', catalogue: objects.PROJECT, things: project },
  projects: { about: 'The same as project', catalogue: objects.PROJECT, things: project },
  fields: { about: 'The fields of every object', catalogue: objects.FIELDS, things: allFields },
  objects: { about: 'What can be queried', catalogue: objects.OBJECTS, things: allObjects },
}

function hosts({ engine, clock }: QueryParts): Thing[] {
  return hostThings(engine, clock.now())
}

function project({ project: facts }: QueryParts): Thing[] {
  return objects.projectThings(facts)
}

function allObjects(): Thing[] {
  const rows = Object.entries(ORIGINS).map(([OBJECTNAME, { about }]) => ({ OBJECTNAME, DESCRIPTION: about }))
  return [{ OBJECTNAME: 'jobs', DESCRIPTION: JOBS_ABOUT }, ...rows]
}

function allFields(): Thing[] {
  const rows = Object.entries(ORIGINS).map(([name, { catalogue }]) => [name, catalogue.fields] as const)
  return [['jobs', JOB_FIELDS.fields] as const, ...rows].flatMap(([OBJECT, fields]) =>
    fields.map(({ name, type, about }) => ({ NAME: name, OBJECT, TYPE: type, DESCRIPTION: about })),
  )
}

/** One of the objects by name, cases ignored; undefined for any other name. */
export function objectNamed(name: string, parts: QueryParts, caller: Caller): Source | undefined {
  const known = name.toLowerCase()
  if (known === 'jobs') return { kind: 'jobs', filter: { kind: 'all' } }
  if (!Object.hasOwn(ORIGINS, known)) return undefined
  const { catalogue, things } = ORIGINS[known]!
  return { kind: 'rows', catalogue, things: () => things(parts, caller) }
}

/** Whether the rows of a source, if there is one of that name, are jobs. */
export function holdsJobs(name: string): boolean {
  return !Object.hasOwn(ORIGINS, name.toLowerCase()) && parseId(name) !== objects.PROJECT_ID
}

/** An object, a set, or the id of a job or of the project. @throws invalid, naming what there is */
export async function sourceNamed(name: string, parts: QueryParts, caller: Caller): Promise<Source> {
  const id = parseId(name)
  const object = objectNamed(id === objects.PROJECT_ID ? 'project' : name, parts, caller)
  if (object) return object
  const filter: Filter<JobField> | undefined =
    id === undefined
      ? await setNamed(name, parts.engine.jobs, caller)
      : { kind: 'compare', field: 'id', operator: 'equal', values: [id] }
  if (filter) return { kind: 'jobs', filter }
  throw unknownObject('invalid', `from: there is no "${name.slice(0, 60)}"`, name)
}

/** `sentence` says what is missing; what there is follows. */
export function unknownObject(code: 'invalid' | 'not_found', sentence: string, name: string): DomainError {
  const names = ['jobs', ...Object.keys(ORIGINS)]
  const meant = nearestOf(name, names)
  const sets = 'System:jobs, System:User:NAME, Class:NAME, the name of a set that jobs are in, or an id'
  const hint = meant ? `did you mean ${meant}? ` : ''
  return new DomainError(code, `${sentence}; ${hint}there are ${names.join(', ')}; a query can also be from ${sets}`)
}
