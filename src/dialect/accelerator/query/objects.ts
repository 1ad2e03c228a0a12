/** The small objects: users, sets, buckets, states, the project, and the objects and fields themselves. */

import type { Caller } from '../../../auth/caller.ts'
import { padId } from '../../../base/id.ts'
import type { Engine } from '../../../engine/engine.ts'
import { JOB_STATES } from '../../../job/job.ts'
import { showPriority, showStatus } from '../words.ts'
import { showBucket } from './job/coded-column.ts'
import { rowCatalogue, type Thing } from './row-source.ts'
import { countSets } from './set.ts'

export const USERS = rowCatalogue('users', [
  ['NAME', 'string', 'Login name'],
  ['USER', 'string', 'The same as NAME'],
  ['LEVEL', 'string', 'READONLY, USER, LEADER or ADMIN'],
])

export function userThings(users: readonly { name: string; level: string }[]): Thing[] {
  return users.map(({ name, level }) => ({ NAME: name, USER: name, LEVEL: level.toUpperCase() }))
}

export const SETS = rowCatalogue('sets', [
  ['NAME', 'string', 'What to write after from='],
  ['JOBS', 'integer', 'How many jobs it holds'],
])

export async function setThings(jobs: Pick<Engine['jobs'], 'query'>, caller: Caller): Promise<Thing[]> {
  return [...(await countSets(jobs, caller))].map(([NAME, JOBS]) => ({ NAME, JOBS }))
}

export const BUCKETS = rowCatalogue('buckets', [
  ['BUCKETID', 'string', 'Its name, as in the field BUCKETID of jobs'],
  ['USER', 'string', 'Whose jobs'],
  ['GROUP', 'string', 'Their FairShare group'],
  ['PRIORITY', 'integer', 'Their scheduling priority'],
  ['PRIORITYPP', 'string', 'The same as a name where it has one'],
  ['JOBCLASS', 'string', 'Their job class'],
  ['TOOL', 'string', 'Their tool'],
  ['RESOURCES', 'string', 'What each asks for'],
  ['JOBS', 'integer', 'How many are queued'],
  ['WAITINGFOR', 'string', 'What the first of them waits for'],
])

export function bucketThings(engine: Pick<Engine, 'buckets'>): Thing[] {
  return engine.buckets().map((bucket) => ({
    BUCKETID: showBucket(bucket.key),
    USER: bucket.user,
    GROUP: bucket.group,
    PRIORITY: bucket.priority,
    PRIORITYPP: showPriority(bucket.priority),
    JOBCLASS: bucket.jobclass,
    TOOL: bucket.tool,
    RESOURCES: bucket.resources,
    JOBS: bucket.queued,
    WAITINGFOR: bucket.waitingFor,
  }))
}

export const STATES = rowCatalogue('states', [
  ['STATUSNC', 'string', 'A state'],
  ['STATUS', 'string', 'The same as VOV says it'],
  ['JOBS', 'integer', 'How many jobs are in it'],
])

export async function stateThings(jobs: Pick<Engine['jobs'], 'countByState'>, caller: Caller): Promise<Thing[]> {
  const counts = await jobs.countByState(caller)
  return JOB_STATES.map((state) => ({
    STATUSNC: showStatus(state, 'statusnc'),
    STATUS: showStatus(state, 'status'),
    JOBS: counts[state] ?? 0,
  }))
}

/** The id that stands for the project itself (vovprop: object 1). */
export const PROJECT_ID = 1

export const PROJECT = rowCatalogue('project', [
  ['ID', 'string', 'Its id, nine digits'],
  ['IDINT', 'integer', 'Its id as a number'],
  ['PROJECT', 'string', 'The name of this queue'],
  ['NAME', 'string', 'The same as PROJECT'],
  ['VERSION', 'string', 'The version of this server'],
])

export function projectThings({ name, version }: { name: string; version: string }): Thing[] {
  return [{ ID: padId(PROJECT_ID), IDINT: PROJECT_ID, PROJECT: name, NAME: name, VERSION: version }]
}

export const OBJECTS = rowCatalogue('objects', [
  ['OBJECTNAME', 'string', 'What to write after from='],
  ['DESCRIPTION', 'string', 'What its rows are'],
])

export const FIELDS = rowCatalogue('fields', [
  ['NAME', 'string', 'The field'],
  ['OBJECT', 'string', 'The object that has it'],
  ['TYPE', 'string', 'integer, boolean, string or decimal'],
  ['DESCRIPTION', 'string', 'What it says'],
])
