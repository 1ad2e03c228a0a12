/** Every field that a job has here (Node Fields; job history; nc modify), in the order of `select=*`. */

import { padId, parseId } from '../../../../base/id.ts'
import type { FieldValue } from '../../../../job/field.ts'
import { type Catalogue, catalogueOf } from '../field.ts'
import { showDuration, showTime } from '../pretty.ts'
import { SECONDS, WHOLE_NUMBER } from '../rule/condition.ts'
import { bucketId, fileList } from './coded-column.ts'
import {
  type Coding,
  coded,
  constant,
  derived,
  type JobColumn,
  number,
  optional,
  pretty,
  text,
  truth,
} from './column.ts'
import { priorityWord, stateWord } from './word-column.ts'

const ID: Coding = { read: parseId, takes: 'an id such as 45080 or 000045080', show: padId }
const MODE: Coding = {
  read: (octal) => (/^[0-7]{1,4}$/.test(octal) ? Number.parseInt(octal, 8) : undefined),
  takes: 'an octal number such as 022',
  show: (mask) => mask.toString(8).padStart(3, '0'),
}
const NEVER = 0

const age = number(['AGE', 'Seconds since it was submitted'], 'ageSeconds', SECONDS)
const duration = number(['DURATION', 'Seconds that it has run, suspensions left out'], 'durationSeconds', SECONDS)
const autokill = number(['AUTOKILL', 'Seconds after which it is killed, 0 for never'], 'autokillSeconds', SECONDS)
const xdur = number(['XDUR', 'Expected seconds of running, -1 where unknown'], 'xdurSeconds', SECONDS)
const keepFor = number(
  ['KEEPFOR', 'Seconds that it is kept after its end, 0 for the rule of the server'],
  'keepForSeconds',
  SECONDS,
)
const cpuTime = number(['CPUTIME', 'CPU time of the latest run, milliseconds'], 'cpuMs')
const submitted = number(['SUBMITTIME', 'When it was submitted, seconds since 1970'], 'submittedAtSeconds')
const started = optional(
  ['STARTTIME', 'When it began to run, seconds since 1970, 0 for not yet'],
  'startedAtSeconds',
  NEVER,
)
const ended = optional(['ENDTIME', 'When it ended, seconds since 1970, 0 for not yet'], 'endedAtSeconds', NEVER)

const FIELDS: readonly JobColumn[] = [
  coded(['ID', 'Its id, nine digits'], 'id', ID),
  number(['IDINT', 'Its id as a number'], 'id', { ...WHOLE_NUMBER, takes: 'an id' }),
  constant(['ISJOB', '1: every row is a job'], 1, 'boolean'),
  constant(['ISFILE', '0: no row is a file'], 0, 'boolean'),
  constant(['NAME', 'Empty: jobs have a JOBNAME, files a NAME'], '', 'string'),
  stateWord(
    ['STATUSNC', 'Idle, Queued, Running, Suspended, Done, Failed, Sleeping, Withdrawn or Transfer'],
    'statusnc',
  ),
  stateWord(
    ['STATUS', 'The same as VOV says it: VALID is Done, RETRACING is Running, INVALID is Idle or Queued'],
    'status',
  ),
  text(['WHY', 'Why it stands where it stands, where that needs saying'], 'reason'),
  text(['CAUSE', 'Why it failed: exit, signal, stopped, autokill, memory, start or lost'], 'cause'),
  optional(['EXIT', 'Exit code of the latest run, -1 without one'], 'exitCode', -1),
  optional(['EXITSTATUS', 'The same as EXIT'], 'exitCode', -1),
  text(['SIGNAL', 'The signal that ended it'], 'signal'),
  text(['LEGALEXIT', 'Exit codes that make it Done'], 'legalExit'),
  text(['USER', 'Whose job it is'], 'user'),
  text(['GROUP', 'Its FairShare group'], 'group'),
  constant(['OSGROUP', 'Empty: the Unix group is not kept'], '', 'string'),
  text(['HOST', 'Where the latest run took place'], 'host'),
  text(['SUBMITHOST', 'Where it was submitted from'], 'submitHost'),
  text(['COMMAND', 'Its command line, with wrapper and log file'], 'commandLine'),
  derived(['COMMANDLENGTH', 'Characters of COMMAND'], { type: 'integer', needs: ['commandLine'], show: lengthOf }),
  text(['CMD', 'Its command as it was typed'], 'command'),
  text(['TOOL', 'First word of the command, without its folder'], 'tool'),
  text(['WRAPPER', 'The wrapper in COMMAND'], 'wrapper'),
  text(['DIR', 'The folder that it runs in'], 'rundir'),
  text(['RUNDIR', 'The same as DIR'], 'rundir'),
  text(['LOGFILE', 'Where its output goes, empty for nowhere'], 'logfile'),
  text(['ENV', 'Its environment by name'], 'env'),
  number(['PRIORITY', 'Scheduling priority, 1 (low) to 15 (top)'], 'priority'),
  priorityWord(['PRIORITYPP', 'The same as low, normal, high or top where it has a name'], 'priority'),
  number(['XPRIORITY', 'Execution priority, 1 (low) to 15 (top)'], 'xpriority'),
  priorityWord(['XPRIORITYPP', 'The same as low, normal, high or top where it has a name'], 'xpriority'),
  text(['RESOURCES', 'What it asks for'], 'resources'),
  derived(['GRABBED', 'Slots and MB of memory that its latest run held'], {
    type: 'string',
    needs: ['heldSlots', 'heldRamMb'],
    show: showGrabbed,
  }),
  text(['JOBNAME', 'Its name'], 'jobname'),
  text(['JOBCLASS', 'Its job class'], 'jobclass'),
  text(['JOBPROJ', 'Its project'], 'project'),
  text(['PROJECT', 'The same as JOBPROJ'], 'project'),
  text(['SET', 'The set that it was put in'], 'setName'),
  text(['SETNAME', 'The same as SET'], 'setName'),
  bucketId(['BUCKETID', 'Its bucket; buckets hold jobs that compete alike']),
  age,
  pretty(['AGEPP', 'AGE to read, as 1m13s'], age, showDuration),
  duration,
  pretty(['DURATIONPP', 'DURATION to read, as 31s'], duration, showDuration),
  number(['SUSPENDED', 'Seconds of its latest run that it was suspended'], 'suspendedSeconds', SECONDS),
  xdur,
  pretty(['XDURPP', 'XDUR to read'], xdur, showDuration),
  autokill,
  pretty(['AUTOKILLPP', 'AUTOKILL to read'], autokill, showDuration),
  cpuTime,
  pretty(['CPUTIMEPP', 'CPUTIME to read'], cpuTime, (ms) => showDuration(Math.floor(ms / 1000))),
  number(['MAXRAM', 'Most memory of the latest run, MB'], 'maxRamMb'),
  submitted,
  pretty(['SUBMITTIMEPP', 'SUBMITTIME to read, UTC'], submitted, showTime),
  started,
  pretty(['STARTTIMEPP', 'STARTTIME to read, UTC'], started, showTime),
  ended,
  pretty(['ENDTIMEPP', 'ENDTIME to read, UTC'], ended, showTime),
  number(['ATTEMPT', 'Which run the latest one is, 0 before the first'], 'attempt'),
  coded(['UMASK', 'File mode mask, octal'], 'umask', MODE),
  text(['MAILUSER', 'Who gets mail'], 'mailuser'),
  fileList(['INPUTS', 'Files that it reads, with blanks between'], 'inputs'),
  fileList(['OUTPUTS', 'Files that it writes, with blanks between'], 'outputs'),
  truth(['AUTOFORGET', 'Whether it is forgotten by itself'], 'autoforget'),
  keepFor,
  truth(['PREEMPTABLE', 'Whether it may be preempted'], 'preemptable'),
  truth(['RERUNNABLE', 'Whether it runs again by itself when its tasker is lost'], 'rerunnable'),
  constant(['ANNOTATIONS', '0: there are no annotations'], 0, 'integer'),
  constant(['SYSTEMJOB', '0: no job belongs to the system'], 0, 'boolean'),
]

export const JOB_FIELDS: Catalogue<JobColumn> = catalogueOf('jobs', FIELDS)

function lengthOf(line: FieldValue): number {
  return String(line ?? '').length
}

function showGrabbed(slots: FieldValue, ramMb: FieldValue): string {
  return [slots ? `SLOTS/${slots}` : '', ramMb ? `RAM/${ramMb}` : ''].filter(Boolean).join(' ')
}
