/** What may be changed of a job, under the names of `nc modify` and under those of a job description. */

import { JOB_KEYS } from './job-keys.ts'
import type { Key, Keys } from './key.ts'

/** nc modify's name of a field to ours (Accelerator, Restrictions and Consequences). */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  cmd: 'command',
  dir: 'rundir',
  res: 'resources',
  priority: 'priority,sched',
  xpriority: 'priority,exec',
  legalexit: 'legalExit',
}

/** Only for a submission: who it belongs to, when it is queued, and the environment that came with it. */
const FIXED = ['user', 'schedule,date', 'env,snapshot']

const changeable = Object.entries(JOB_KEYS).filter(([name, key]) => key.read && !FIXED.includes(name))

export const MODIFY_KEYS: Keys = {
  ...Object.fromEntries(changeable),
  ...Object.fromEntries(Object.entries(OTHER_NAMES).map(([other, name]) => [other, alias(name)])),
}

/** What `nc modify` knows and this server does not: refused, since a change that changes nothing would be a lie. */
export const UNCHANGEABLE: Readonly<Record<string, string>> = {
  user: 'a job belongs to who submitted it',
  tool: 'it is the first word of the command',
  jpp: 'there is one host, so no placement',
  numa: 'it is not steered here',
  systemjob: 'there are no system jobs here',
  nojournal: 'every job is journalled here',
  scheddate: 'jobs are queued at once here',
  deadline: 'jobs are not scheduled by deadline here',
  fstokens: 'there are no FairShare tokens here',
  autoflow: 'there are no flows here',
  'res,aux': 'there are no auxiliary resources here',
}

function alias(name: string): Key {
  const key = JOB_KEYS[name]!
  return { ...key, about: `nc modify's name for ${name}. ${key.about}` }
}
