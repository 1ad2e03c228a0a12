/** What can be asked of a job in a query, by name: how the store and a dialect speak of columns without knowing each other's. */

/** Whole-number fields. Seconds are floored, as the Accelerator prints them (Node Fields). */
export const NUMBER_FIELDS = [
  'id',
  'priority',
  'xpriority',
  'attempt',
  'rank',
  'submittedAtSeconds',
  'startedAtSeconds',
  'endedAtSeconds',
  'ageSeconds',
  'durationSeconds',
  'autokillSeconds',
  'xdurSeconds',
  'keepForSeconds',
  'exitCode',
  'cpuMs',
  'maxRamMb',
  'heldSlots',
  'heldRamMb',
  'umask',
  'autoforget',
  'preemptable',
  'rerunnable',
  'suspendedSeconds',
] as const

export const TEXT_FIELDS = [
  'state',
  'user',
  'group',
  'command',
  'commandLine',
  'wrapper',
  'rundir',
  'logfile',
  'env',
  'resources',
  'jobname',
  'jobclass',
  'project',
  'setName',
  'submitHost',
  'tool',
  'host',
  'bucket',
  'legalExit',
  'mailuser',
  'inputs',
  'outputs',
  'signal',
  'cause',
  'reason',
] as const

export type NumberField = (typeof NUMBER_FIELDS)[number]
export type TextField = (typeof TEXT_FIELDS)[number]
export type JobField = NumberField | TextField

/** The value of a field in a row; null where a job has none yet (no end, no host). */
export type FieldValue = string | number | null
