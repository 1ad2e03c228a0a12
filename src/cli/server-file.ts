/** The data directory as a client sees it: `server.json`, which a running server keeps there, and its own certificates. */

import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemCodeOf } from '../base/errors.ts'

export interface ServerFile {
  pid: number
  version: string
  /** By door: `accelerator`, ... */
  urls: Record<string, string>
  /** Grows with every `vovproject reread`. */
  reread: number
  /** Why the last one was in vain. */
  refusal?: string
  /** What the settings said that was not understood. */
  warnings: string[]
}

type Environment = Readonly<Record<string, string | undefined>>

export function dataDirOf(env: Environment, asked?: string): string {
  return resolve(asked ?? env.YARDMASTER_DATA ?? 'yardmaster-data')
}

/** What the server of this folder says of itself; undefined when none has become ready, or the folder is not for us. */
export async function readServerFile(dataDir: string): Promise<ServerFile | undefined> {
  try {
    const value = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    return { reread: 0, warnings: [], version: '', ...value, urls: value.urls ?? {} }
  } catch (error) {
    if (error instanceof SyntaxError || systemCodeOf(error)) return undefined
    throw error
  }
}

/** True while a process of that id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}

/**
 * The data directory that may be believed without having been named for this purpose: the one in YARDMASTER_DATA, or
 * `./yardmaster-data` if it is ours or root's. A stranger's in a shared folder could send passwords to the stranger.
 */
export async function trustedDataDir(env: Environment): Promise<string | undefined> {
  const dataDir = dataDirOf(env)
  if (env.YARDMASTER_DATA) return dataDir
  const owner = await stat(dataDir).then(
    (found) => found.uid,
    () => undefined,
  )
  return owner === 0 || owner === process.getuid?.() ? dataDir : undefined
}

/** PEM texts of the certificates that the server of this folder signed itself. */
export async function selfSignedCertificates(dataDir: string): Promise<string[]> {
  const folder = join(dataDir, 'config', 'self-signed')
  const names = await readdir(folder).catch(() => [])
  const texts = names.filter((name) => name.endsWith('.crt')).map((name) => readFile(join(folder, name), 'utf8'))
  return (await Promise.allSettled(texts)).flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []))
}
