/** The files of the data directory in which settings may stand. */

import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DomainError, messageOf, systemCodeOf } from '../base/errors.ts'
import { readPolicy, readSetup } from './policy.ts'
import { type LevelRule, readSecurity } from './security.ts'
import type { Assignment } from './setting.ts'
import { readToml } from './source.ts'
import { readUnused, type TclFile, type Understood } from './tcl-file.ts'

export interface WrittenSettings {
  /** The later wins. */
  assignments: Assignment[]
  levelRules: LevelRule[]
  complaints: string[]
}

/** `configFile` stands in for `yardmaster.toml`. @throws invalid for a file that cannot be read */
export function readDataDirectory(dataDir: string, configFile?: string): WrittenSettings {
  const policy = readTclFile(dataDir, 'policy.tcl', readPolicy)
  const setup = readTclFile(dataDir, 'setup.tcl', readSetup)
  const security = readTclFile(dataDir, 'security.tcl', (file) => readGuardedSecurity(dataDir, file))
  const resources = readTclFile(dataDir, 'resources.tcl', readUnused)
  return {
    assignments: [...policy.meanings, ...setup.meanings, ...readConfigFile(dataDir, configFile)],
    levelRules: security.meanings,
    complaints: [policy, setup, security, resources].flatMap(({ complaints }) => complaints),
  }
}

function readConfigFile(dataDir: string, configFile?: string): Assignment[] {
  const path = configFile ?? join(dataDir, 'yardmaster.toml')
  const text = readIfPresent(path)
  if (text !== undefined) return readToml(text, configFile ?? 'yardmaster.toml')
  if (configFile === undefined) return []
  throw new DomainError('invalid', `--config ${configFile}: there is no such file`)
}

function readTclFile<Meaning>(
  dataDir: string,
  name: string,
  read: (file: TclFile) => Understood<Meaning>,
): Understood<Meaning> {
  const text = readIfPresent(join(dataDir, name))
  return text === undefined ? { meanings: [], complaints: [] } : read({ name, text })
}

/** Whoever can write this file can make himself an administrator, so only its owner may (Security Levels). */
function readGuardedSecurity(dataDir: string, file: TclFile): Understood<LevelRule> {
  const mode = statSync(join(dataDir, file.name)).mode & 0o777
  if ((mode & 0o022) === 0) return readSecurity(file, ownHostNames())
  const complaint = `${file.name}: others than its owner can write it (mode ${mode.toString(8)}), so its rules have no effect; run: chmod 600 ${file.name}`
  return { meanings: [], complaints: [complaint] }
}

function ownHostNames(): string[] {
  const name = hostname()
  return [name, name.split('.')[0] ?? name, 'localhost']
}

/** @throws invalid when the file is there and cannot be read */
function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw new DomainError('invalid', `${path} cannot be read: ${messageOf(error)}`, {}, error)
  }
}
