/** The options of `nc run` (Accelerator, nc run), and those that have no meaning here. */

import { type Command, Option } from 'commander'
import { UsageError } from '../../failure.ts'
import type { CommonOptions } from '../subcommand.ts'

export interface RunOptions extends CommonOptions {
  resources?: string[]
  env?: string
  group?: string
  groupFinal?: string
  subgroup?: string
  priority?: string
  logfile?: string
  dir?: string
  input?: string[]
  output?: string[]
  mail?: string
  prop?: string[]
  set?: string
  wait?: boolean
  wl?: boolean
  wrapper?: string
  xdur?: string
  kill?: string
  keep?: boolean
  keepfor?: string
  autoforget?: string
  preemptable?: string
  rerunnable?: string
  array?: string
  file?: string
  jobname?: string
  jobclass?: string
  jobproj?: string
  jpp?: string
  legalexit?: string
}

/** Options of the original that would promise what this version cannot do. */
const WITHOUT_MEANING: Readonly<Record<string, string>> = {
  interactive: 'interactive jobs',
  Ir: 'interactive jobs',
  Il: 'interactive jobs',
  Ix: 'interactive jobs with a display',
  dp: 'one job on several hosts',
  splitstderr: 'a second log for errors',
}

export function defineRun(command: Command): void {
  const many = (value: string, before: string[] = []) => [...before, value]
  command
    .option('-r, --resources <resources...>', 'what it needs, up to the next option or --: RAM/500 CORES/2')
    .option('-e, --env <env>', 'environment: BASE, CLEAN, SNAPSHOT, or a composition such as BASE+D(NAME=value)')
    .option('-p, --priority <priority>', 'low, normal, high, top or 1 to 15; "12.low" gives the execution priority too')
    .option('-l, --logfile <file>', 'log file (default vnc_logs/DAY/TIME.NUMBER, or below NC_LOGDIR)')
    .option('--dir <dir>', 'run in this folder')
    .option('-w, --wait', 'wait for the end; exit 0 when the job is Done, 1 when not')
    .option('--wl', 'wait, and show the log as it grows')
    .option('--kill <time>', 'end it after running this long: 60, 90s, 2h30m')
    .option('-J, --jobname <name>', 'name of the job')
    .option('--set <set>', 'put it in this set')
    .option('-C, --jobclass <class>', 'job class')
    .option('--jobproj <project>', 'project that it is counted for')
    .option('-g, --group <group>', 'FairShare group; your own leaf is added')
    .option('-G, --group-final <group>', 'FairShare group, taken as it is')
    .option('--sg, --subgroup <name>', 'subgroup below your own leaf')
    .option('--array <range>', 'many jobs: N, START-END or START-END:STEP; @INDEX@ and @ARRAYID@ are filled in')
    .option('-f, --file <file>', 'one job a line of this file; - for standard input')
    .option('-X, --xdur <time>', 'expected duration')
    .option('--keep', 'never forgotten by itself')
    .option('--keepfor <time>', 'kept at least this long after its end')
    .option('--autoforget <0|1>', 'forgotten by itself some time after its end')
    .option('--preemptable <0|1>', 'may be preempted')
    .option('--rerunnable <0|1>', 'run again by itself when what ran it is lost')
    .option('--legalexit <codes>', 'exit codes that count as success: "0 1"')
    .option('-P, --prop <name=value>', 'a property of your own; may be given again', many)
    .option('-i, --input <file>', 'a file that it reads; may be given again', many)
    .option('-o, --output <file>', 'a file that it writes; may be given again', many)
    .option('-M, --mail <user>', 'who gets mail about it')
    .option('--wrapper <name>', 'wrapper shown in the command line (default vw)')
    .option('--jpp <policy>', 'placement; accepted, and without effect while there is one host')
    .option('-D, --nodircheck', 'accepted: the folder is taken as it is')
    .option('-F, --force', 'accepted: a submission is always queued')
    .option('--profile', 'accepted: every job is measured')
  for (const name of Object.keys(WITHOUT_MEANING)) {
    command.addOption(new Option(name === 'interactive' ? '-I, --interactive' : `--${name}`).hideHelp())
  }
}

/** @throws UsageError for an option that this version has no meaning for */
export function refuseWithoutMeaning(options: Readonly<Record<string, unknown>>): void {
  for (const [name, what] of Object.entries(WITHOUT_MEANING)) {
    if (options[name]) throw new UsageError(`-${name} is not in this version: it has no ${what}; submit without it`)
  }
}
