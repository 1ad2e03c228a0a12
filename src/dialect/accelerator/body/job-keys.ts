/**
 * The keys of a job description (VOV_JOB_DESC; Accelerator, Define Jobclasses; REST tutorial 2024.1, nc_run.py), the
 * further slots of vncrun.config.tcl, and four of ours.
 */

import { DomainError } from '../../../base/errors.ts'
import type { Submission } from '../../../engine/command.ts'
import { readPriority } from '../words.ts'
import type { JsonType, Key, Keys } from './key.ts'
import {
  absolutePath,
  environment,
  exitCodes,
  expectedMs,
  filePath,
  flag,
  milliseconds,
  mustBe,
  octal,
  properties,
  text,
  words,
} from './value.ts'

/** `sh -c COMMAND` is one argument, and Linux takes no longer one. */
const COMMAND_BYTES = 131_000

const NUMERIC: readonly JsonType[] = ['integer', 'string']
const FLAG: readonly JsonType[] = ['integer', 'string', 'boolean']
const SCALAR: readonly JsonType[] = ['number', 'string', 'boolean', 'null']
const LIST: readonly JsonType[] = ['string', 'array']

const name = text({ atMostBytes: 255 })
const command = text({ atMostBytes: COMMAND_BYTES, multiline: true, blank: false })

/** A text key that becomes one property of the command. */
function word(field: keyof Submission, about: string, example: string, atMostBytes = 255): Key {
  const read = text({ atMostBytes })
  const must = `a text of at most ${atMostBytes} bytes`
  return { types: ['string'], must, about, examples: [example], read: (v, key) => ({ [field]: read(v, key) }) }
}

function bit(field: keyof Submission, about: string, example: number): Key {
  return { types: FLAG, must: '0 or 1', about, examples: [example], read: (v, key) => ({ [field]: flag(v, key) }) }
}

function idle(about: string): Key {
  return { types: SCALAR, must: 'a number or a text', about: `Accepted without effect: ${about}` }
}

const PRIORITY = 'a number from 1 to 15 or one of low, normal, high, top'
const TIME = 'whole seconds or a time such as "90s", "1m" or "2h30m"'

export const JOB_KEYS: Keys = {
  command: {
    types: ['string'],
    must: `a command line of at most ${COMMAND_BYTES} bytes`,
    about: 'What to run.',
    examples: ['sleep 60'],
    read: (value, key) => ({ command: command(value, key) }),
  },
  logfile: {
    types: ['string'],
    must: 'a path, absolute or below rundir',
    about: 'Where output and errors go; no other job may write there.',
    examples: ['JOBLOG.01'],
    read: (value, key) => ({ logfile: filePath(value, key) }),
  },
  rundir: {
    types: ['string'],
    must: 'an absolute path',
    about: 'Where to run it.',
    examples: ['/tmp'],
    read: (value, key) => ({ rundir: absolutePath(value, key) }),
  },
  env: word('env', 'Environment: a name or composition; "" and DEFAULT stand for a snapshot.', 'BASE', 8192),
  'env,snapshot': {
    types: ['object'],
    must: 'an object of texts',
    about: 'Ours: the environment that a snapshot stands for.',
    examples: [{ PATH: '/usr/bin:/bin' }],
    read: (value, key) => ({ snapshot: environment(value, key) }),
  },
  'priority,sched': {
    types: NUMERIC,
    must: PRIORITY,
    about: 'Place in the queue; "12.low" gives the execution priority too.',
    examples: [4],
    read: readPriorities,
  },
  'priority,exec': {
    types: NUMERIC,
    must: PRIORITY,
    about: 'Share of the host once it runs.',
    examples: [4],
    read: (value, key) => ({ xpriority: priority(value, key) }),
  },
  resources: word('resources', 'What it needs of a host.', 'RAM/500 CORES/2', 8192),
  autokill: {
    types: NUMERIC,
    must: TIME,
    about: 'Ended after running this long; 0 for never.',
    examples: [60],
    read: (value, key) => ({ autokillMs: milliseconds(value, key) }),
  },
  xdur: {
    types: NUMERIC,
    must: `${TIME}, or -1`,
    about: 'How long it will probably run.',
    examples: ['10m'],
    read: (value, key) => ({ xdurMs: expectedMs(value, key) }),
  },
  jobname: word('jobname', 'A name of your own.', 'nightly'),
  jobclass: word('jobclass', 'Job class.', 'short'),
  jobproj: word('project', 'Project that the job is counted for.', 'chip7'),
  group: {
    types: ['string'],
    must: 'a FairShare group such as /time/regression',
    about: 'FairShare group; your own leaf is added.',
    examples: ['/time/regression'],
    read: (value, key, owner) => ({ group: groupOf(name(value, key), owner) }),
  },
  'group,final': word('group', 'FairShare group, taken as it is.', '/time/users.alice:nightly'),
  setName: word('setName', 'Set that the job belongs to.', 'nightly'),
  legalExit: {
    types: [...NUMERIC, 'array'],
    must: 'one or more exit codes such as "0 1"',
    about: 'Exit codes that count as success.',
    examples: ['0'],
    read: (value, key) => ({ legalExit: exitCodes(value, key) }),
  },
  autoforget: bit('autoforget', 'Forgotten by itself some time after its end.', 1),
  keepfor: {
    types: NUMERIC,
    must: TIME,
    about: 'Kept at least this long after its end.',
    examples: ['2w'],
    read: (value, key) => ({ keepForMs: Math.min(milliseconds(value, key), KEEPFOR_LONGEST_MS) }),
  },
  preemptable: bit('preemptable', 'May be preempted.', 1),
  rerunnable: bit('rerunnable', 'Ours: run again by itself when what ran it is lost.', 0),
  wrapper: word('wrapper', 'Shown before the command.', 'vw', 64),
  umask: {
    types: NUMERIC,
    must: 'octal digits such as "022"',
    about: 'Ours: file mode mask of the job.',
    examples: ['022'],
    read: (value, key) => ({ umask: octal(value, key) }),
  },
  inputs: {
    types: LIST,
    must: 'a list of paths, or a text with blanks between them',
    about: 'Files that it reads.',
    examples: ['a.v b.v'],
    read: (value, key) => ({ inputs: words(value, key) }),
  },
  outputs: {
    types: LIST,
    must: 'a list of paths, or a text with blanks between them',
    about: 'Files that it writes.',
    examples: ['out.log'],
    read: (value, key) => ({ outputs: words(value, key) }),
  },
  mailuser: word('mailuser', 'Who gets mail about it.', 'alice'),
  proplist: {
    types: ['string', 'object'],
    must: 'an object, or a text NAME=VALUE NAME=VALUE',
    about: 'Properties of your own.',
    examples: ['RUN=7 SEED=42'],
    read: (value, key) => ({ properties: properties(value, key) }),
  },
  submithost: word('submitHost', 'Ours: the host that it was submitted from.', 'ws17'),
  'schedule,date': {
    types: SCALAR,
    must: '0: jobs are queued at once',
    about: 'Not supported by the original either.',
    read: onlyNow,
  },
  user: {
    types: ['string'],
    must: 'absent: a job belongs to who submits it',
    about: 'Read-only; your own name is accepted.',
    read: onlyOwner,
  },
  osgroup: idle('read-only.'),
  force: idle('a submission is always queued.'),
  profile: idle('every job is measured.'),
  tool: idle('it is the first word of the command.'),
  'check,directory': idle('for job classes and the command line.'),
  'priority,default': idle('not used by the original either.'),
  wait: idle('for the command line.'),
  'wait,options': idle('for the command line.'),
  'interactive,flag': idle('for the command line.'),
  'interactive,useXdisplay': idle('for the command line.'),
  'interactive,limit': idle('for the command line.'),
  maxload: idle('no such limit here.'),
  jpp: idle('one host, so no placement.'),
  numa: idle('not steered here.'),
  deadline: idle('not scheduled by.'),
}

/** Clamped in silence as the original does (nc run -keepfor: 0 to 32000000 seconds). */
const KEEPFOR_LONGEST_MS = 32_000_000_000

function priority(value: unknown, key: string): number {
  const step = readPriority(String(value))
  if (step === undefined) throw mustBe(key, PRIORITY)
  return step
}

/** `4`, `high`, and with the execution priority `12.low` (Priority, option -p). */
function readPriorities(value: unknown, key: string): Partial<Submission> {
  const [sched = '', exec, ...rest] = String(value).split('.')
  if (rest.length > 0) throw mustBe(key, PRIORITY)
  const scheduling = { priority: priority(sched, key) }
  return exec === undefined ? scheduling : { ...scheduling, xpriority: priority(exec, key) }
}

/** `users` and `/time/users` become `/time/users.OWNER`; a group that names a leaf keeps it (FairShare Groups). */
function groupOf(given: string, owner: string): string {
  const group = given === '' ? '/time/users' : given.startsWith('/') ? given : `/time/${given}`
  return /\.[^/]*$/.test(group) ? group : `${group}.${owner}`
}

function onlyNow(value: unknown, key: string): Partial<Submission> {
  if (value === null || ['', '0', 'false'].includes(String(value).trim())) return {}
  throw mustBe(key, '0: jobs are queued at once')
}

function onlyOwner(value: unknown, key: string, owner: string): Partial<Submission> {
  if (value === '' || value === owner) return {}
  throw new DomainError('forbidden', `${key} is read-only: a job belongs to who submits it, here ${owner}`)
}
