/** `yardmaster backup` and `restore`: the database and the settings in one archive. */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { messageOf } from '../../base/errors.ts'
import { checkDatabase, copyDatabase, DATABASE_FILE } from '../../store/sqlite/backup.ts'
import { UserError } from '../failure.ts'
import { isRunning } from '../running-server.ts'
import { clock, DATA_OPTION, dataDirFor } from './data-directory.ts'

const run = promisify(execFile)

/** What a person wrote, and the certificates; everything else is made anew or of no use elsewhere. */
const SETTINGS = ['yardmaster.toml', 'policy.tcl', 'setup.tcl', 'security.tcl', 'resources.tcl', 'config']

interface BackupOptions {
  data?: string
  force?: boolean
}

export function backupCommand(): Command {
  return new Command('backup')
    .description('write the database and the settings into one archive, also while the server runs')
    .argument('<file>', 'the archive to write (.tar.gz)')
    .option(...DATA_OPTION)
    .option('--force', 'replace a file of that name')
    .action(backup)
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('put an archive into an empty data directory; the server must be stopped')
    .argument('<file>', 'the archive to read')
    .option(...DATA_OPTION)
    .option('--force', 'move what is in the data directory aside')
    .action(restore)
}

async function backup(file: string, options: BackupOptions): Promise<void> {
  const dataDir = dataDirFor(options)
  const target = resolve(file)
  if (existsSync(target) && !options.force) throw new UserError(`${target} exists; name another file, or add --force`)
  await withFolder(async (folder) => {
    await copyDatabase(dataDir, join(folder, DATABASE_FILE))
    for (const name of SETTINGS.filter((one) => existsSync(join(dataDir, one)))) {
      await cp(join(dataDir, name), join(folder, name), { recursive: true })
    }
    // The archive holds password hashes and keys: made for its owner only, and moved into place when it is whole.
    const draft = `${target}.part`
    await tar(['-czf', draft, '-C', folder, '.'])
    await chmod(draft, 0o600)
    await rename(draft, target)
  })
  process.stdout.write(`${target} holds the database and the settings of ${dataDir}; keep it as safe as a password\n`)
}

async function restore(file: string, options: BackupOptions): Promise<void> {
  const dataDir = dataDirFor(options)
  if (await isRunning(dataDir)) throw new UserError(`the server of ${dataDir} is running; stop it first: ncmgr stop`)
  const occupied = existsSync(dataDir) && (await readdir(dataDir)).length > 0
  if (occupied && !options.force) {
    throw new UserError(`${dataDir} is not empty; name another with --data, or add --force to move what it holds aside`)
  }
  await withFolder(async (folder) => {
    await tar(['-xzf', resolve(file), '-C', folder, '--no-same-owner'])
    checkDatabase(join(folder, DATABASE_FILE))
    if (occupied) await moveAside(dataDir)
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await cp(folder, dataDir, { recursive: true })
  })
  process.stdout.write(`${dataDir} is as it was in ${file}; jobs that were queued then are queued again\n`)
}

async function moveAside(dataDir: string): Promise<void> {
  const aside = `${dataDir}.before-${new Date(clock.now()).toISOString().replace(/[:.]/g, '-')}`
  await rename(dataDir, aside)
  process.stdout.write(`what was in ${dataDir} is now in ${aside}\n`)
}

/** A folder that only its owner can look into, and that is gone afterwards. */
async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'yardmaster-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function tar(words: readonly string[]): Promise<void> {
  const before = process.umask(0o077)
  try {
    await run('tar', words)
  } catch (error) {
    throw new UserError(`tar ${words.slice(0, 2).join(' ')}: ${messageOf(error).split('\n')[1] ?? messageOf(error)}`)
  } finally {
    process.umask(before)
  }
}
