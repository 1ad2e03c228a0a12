/** `yardmaster doctor`: looks at everything that commonly goes wrong, and says what to do about it. */

import { styleText } from 'node:util'
import { Command } from 'commander'
import { messageOf } from '../../base/errors.ts'
import { EXIT_FAILED, EXIT_OK } from '../failure.ts'
import { dataDirOf } from '../server-file.ts'
import { certificate, lock, port, rights, settings } from './data-checks.ts'
import { DATA_OPTION } from './data-directory.ts'
import { type Check, type Finding, fail } from './finding.ts'
import { compiler, diskSpace, nodeVersion, pythonRequests } from './host-checks.ts'

const CHECKS: readonly Check[] = [
  nodeVersion,
  rights,
  diskSpace,
  lock,
  settings,
  port,
  certificate,
  compiler,
  pythonRequests,
]

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at what commonly goes wrong; exits 1 when something must be mended')
    .option(...DATA_OPTION)
    .option('--json', 'print JSON')
    .action(examine)
}

async function examine({ data, json }: { data?: string; json?: boolean }): Promise<void> {
  const dataDir = dataDirOf(process.env, data)
  const findings = await Promise.all(CHECKS.map((check) => look(check, dataDir)))
  if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else for (const finding of findings) process.stdout.write(`${lineOf(finding)}\n`)
  process.exitCode = findings.some(({ level }) => level === 'fail') ? EXIT_FAILED : EXIT_OK
}

async function look(check: Check, dataDir: string): Promise<Finding> {
  try {
    return await check(dataDir)
  } catch (error) {
    return fail(check.name, `cannot be looked at: ${messageOf(error)}`)
  }
}

function lineOf({ level, what, sentence }: Finding): string {
  return `${styleText(COLOURS[level], level.padEnd(5), { stream: process.stdout })} ${what.padEnd(12)} ${sentence}`
}
