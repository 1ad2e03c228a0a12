/** The rules of a new data directory: files like any that a person would write, there to be changed. */

import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RuleSource } from './class-rule.ts'
import { APPS, JOB_CLASSES, PARAMETERS_FILE } from './rule-folder.ts'

/** Only where the folder is not there: what somebody has emptied stays empty. Answers whether it was made. */
export async function installDefaultRules(folder: string): Promise<boolean> {
  if (existsSync(folder)) return false
  const draft = join(dirname(folder), `.${process.pid}.rules.part`)
  await rm(draft, { recursive: true, force: true })
  await mkdir(join(draft, APPS), { recursive: true })
  await mkdir(join(draft, JOB_CLASSES))
  for (const [app, lines] of Object.entries(DEFAULT_APPS))
    await writeFile(join(draft, APPS, `${app}.txt`), `${lines.join('\n')}\n`)
  const classes = { [PARAMETERS_FILE]: PARAMETERS, ...DEFAULT_CLASSES }
  for (const [name, content] of Object.entries(classes))
    await writeFile(join(draft, JOB_CLASSES, name), `${JSON.stringify(content, null, 2)}\n`)
  await rename(draft, folder)
  return true
}

/** Regular expressions over job scripts. */
const DEFAULT_APPS: Readonly<Record<string, readonly string[]>> = {
  gromacs: ['\\bgmx(_mpi|_d|_mpi_d)?\\b', '\\bmdrun\\b'],
  lammps: ['\\blmp(_[a-z0-9]+)?\\b'],
  vasp: ['\\bvasp_(std|gam|ncl)\\b'],
  'quantum-espresso': ['\\b(pw|ph|cp|neb)\\.x\\b'],
  cp2k: ['\\bcp2k\\.(psmp|popt|ssmp|sopt)\\b'],
  namd: ['\\bnamd[23]\\b'],
  openfoam: ['\\b(simple|pimple|pisof?|ico|inter|rhoPimple)Foam\\b', '\\bsnappyHexMesh\\b'],
  matlab: ['\\bmatlab\\b'],
  julia: ['\\bjulia\\b'],
  r: ['\\bRscript\\b', '\\bR\\s+(CMD|--)'],
  python: ['\\bpython[0-9.]*\\b'],
  pytorch: ['\\btorchrun\\b', 'torch\\.distributed'],
}

const PARAMETERS = {
  min_duration_seconds: 300,
  failed_early_seconds: 60,
  idle_cpus: 0.05,
  low_cpu_factor: 0.5,
  high_cpu_factor: 1.2,
  memory_bound_factor: 0.8,
  compute_bound_factor: 0.5,
  memory_unused_factor: 0.25,
  memory_least_gb: 1,
}

/** Of a run that is worth judging, and that had its nodes for itself. */
const LONG = 'job.duration > min_duration_seconds'
const ALONE = 'job.shared == "none"'

/**
 * Rules over `job_…` are for the runs of this server, of which the process tree is measured; those over whole nodes are
 * for runs that another scheduler reports and that had these nodes alone.
 */
const DEFAULT_CLASSES: Readonly<Record<string, RuleSource>> = {
  'idle.json': {
    name: 'Idle job',
    tag: 'idle',
    parameters: ['min_duration_seconds', 'idle_cpus'],
    metrics: ['job_cpu'],
    requirements: [LONG],
    rule: 'job_cpu.avg < idle_cpus',
    hint: 'It ran for {{.job.duration}} s and kept {{.job_cpu.avg}} CPUs busy: it waited for something, or hung.',
  },
  'idleNodes.json': {
    name: 'Idle nodes',
    tag: 'idle',
    parameters: ['min_duration_seconds', 'idle_cpus'],
    metrics: ['cpu_load'],
    requirements: [ALONE, LONG],
    rule: 'cpu_load.avg < idle_cpus * cpu_load.limits.peak',
    hint: 'The load of its nodes was {{.cpu_load.avg}} where {{.cpu_load.limits.peak}} is possible: it did hardly anything.',
  },
  'lowCpu.json': {
    name: 'Low CPU use',
    tag: 'lowCpu',
    parameters: ['min_duration_seconds', 'idle_cpus', 'low_cpu_factor'],
    metrics: ['job_cpu'],
    requirements: [LONG, 'job.numCores > 0', 'job_cpu.avg >= idle_cpus'],
    variables: [{ name: 'expected', expr: 'job.numCores * low_cpu_factor' }],
    rule: 'job_cpu.avg < expected',
    hint: 'It held {{.job.numCores}} slots and kept {{.job_cpu.avg}} CPUs busy; ask for fewer, or look what it waits for.',
  },
  'lowLoad.json': {
    name: 'Low load',
    tag: 'lowCpu',
    parameters: ['min_duration_seconds', 'idle_cpus', 'low_cpu_factor'],
    metrics: ['cpu_load'],
    requirements: [ALONE, LONG, 'cpu_load.avg >= idle_cpus * cpu_load.limits.peak'],
    variables: [{ name: 'expected', expr: 'cpu_load.limits.peak * low_cpu_factor' }],
    rule: 'cpu_load.avg < expected',
    hint: 'The load of its nodes was {{.cpu_load.avg}}, below {{.expected}}: many of their cores had nothing to do.',
  },
  'highCpu.json': {
    name: 'More CPUs than it holds',
    tag: 'highLoad',
    parameters: ['min_duration_seconds', 'high_cpu_factor'],
    metrics: ['job_cpu'],
    requirements: [LONG, 'job.numCores > 0'],
    variables: [{ name: 'allowed', expr: 'job.numCores * high_cpu_factor' }],
    rule: 'job_cpu.avg > allowed',
    hint: 'It held {{.job.numCores}} slots and kept {{.job_cpu.avg}} CPUs busy: it takes them from others; ask for more slots.',
  },
  'highLoad.json': {
    name: 'Excessive load',
    tag: 'highLoad',
    parameters: ['min_duration_seconds', 'high_cpu_factor'],
    metrics: ['cpu_load'],
    requirements: [ALONE, LONG],
    variables: [{ name: 'allowed', expr: 'cpu_load.limits.peak * high_cpu_factor' }],
    rule: 'cpu_load.avg > allowed',
    hint: 'The load of its nodes was {{.cpu_load.avg}}, above {{.allowed}}: too many processes or threads a node.',
  },
  'memoryBound.json': {
    name: 'Memory bound',
    tag: 'memoryBound',
    parameters: ['min_duration_seconds', 'memory_bound_factor', 'compute_bound_factor'],
    metrics: ['mem_bw', 'flops_any'],
    requirements: [ALONE, LONG, 'mem_bw.limits.peak > 0'],
    variables: [
      { name: 'bandwidth', expr: 'mem_bw.limits.peak * memory_bound_factor' },
      { name: 'flops', expr: 'flops_any.limits.peak * compute_bound_factor' },
    ],
    rule: 'mem_bw.avg > bandwidth && flops_any.avg < flops',
    hint: 'Its memory bandwidth of {{.mem_bw.avg}} is above {{.bandwidth}}, near what a node can do; more cores will not make it faster.',
  },
  'highMemory.json': {
    name: 'Nearly all memory of its nodes',
    tag: 'highMemory',
    metrics: ['mem_used'],
    requirements: [ALONE],
    rule: 'mem_used.max > mem_used.limits.alert',
    hint: 'It used up to {{.mem_used.max}} GB of a node, above {{.mem_used.limits.alert}} GB: a little more and it is killed.',
  },
  'wrongMemory.json': {
    name: 'Far less memory than it asked for',
    tag: 'wrongMemory',
    parameters: ['min_duration_seconds', 'memory_unused_factor', 'memory_least_gb'],
    metrics: ['job_mem'],
    requirements: [LONG],
    variables: [{ name: 'requested', expr: 'job.requestedMemoryMb * 1.048576 / 1000' }],
    rule: 'requested > memory_least_gb && job_mem.max < requested * memory_unused_factor',
    hint: 'It asked for {{.requested}} GB and used {{.job_mem.max}} GB; others could have used the rest.',
  },
  'tooMuchMemory.json': {
    name: 'More memory than it asked for',
    tag: 'wrongMemory',
    metrics: ['job_mem'],
    requirements: ['job.requestedMemoryMb > 0'],
    variables: [{ name: 'requested', expr: 'job.requestedMemoryMb * 1.048576 / 1000' }],
    rule: 'job_mem.max > requested',
    hint: 'It asked for {{.requested}} GB and used {{.job_mem.max}} GB: jobs beside it may run out of memory.',
  },
  'failedEarly.json': {
    name: 'Failed early',
    tag: 'failedEarly',
    parameters: ['failed_early_seconds'],
    metrics: [],
    requirements: ['job.jobState == "failed"'],
    rule: 'job.duration < failed_early_seconds',
    hint: 'It failed after {{.job.duration}} s: look at its command, its input and its environment first.',
  },
}
