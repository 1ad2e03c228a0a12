/** The config file: `key = value` lines, as the Hub's own client keeps them; sections and foreign keys are left alone. */

import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { messageOf, systemCodeOf } from '../../../base/errors.ts'
import { UserError } from '../../failure.ts'
import type { Environment } from './options.ts'

const NAME = 'ngenea/ngenea-client.conf'

export interface ClientConfig {
  client_key?: string
  base_url?: string
}

/**
 * The file that is asked for, else the person's own, else the machine's. `mayBeMade`: the one that is asked for need not be
 * there yet. @throws UserError when it cannot be read
 */
export async function findConfig(
  asked: string | undefined,
  env: Environment,
  mayBeMade = false,
): Promise<{ file: string; values: ClientConfig }> {
  const own = ownConfig(env)
  if (asked !== undefined) {
    return { file: resolve(asked), values: readConfig(await textOf(resolve(asked), !mayBeMade)) }
  }
  for (const file of [own, join('/etc', NAME)]) {
    const text = await textOf(file, false)
    if (text !== undefined) return { file, values: readConfig(text) }
  }
  return { file: own, values: {} }
}

/** The file of the person who calls, which `authenticate` writes. */
export function ownConfig(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME ?? '/', '.config'), NAME)
}

async function textOf(file: string, mustBe: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!mustBe && systemCodeOf(error) === 'ENOENT') return undefined
    throw new UserError(`the config file ${file} cannot be read: ${messageOf(error)}`)
  }
}

const LINE = /^[ \t]*([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(.*?)[ \t]*$/
const KEYS = ['client_key', 'base_url'] as const

/** Lines that begin with `#` or `;` are comments; quotes around a value fall. */
export function readConfig(text = ''): ClientConfig {
  const values: ClientConfig = {}
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', value = ''] = LINE.exec(line) ?? []
    const key = KEYS.find((one) => one === name.toLowerCase())
    if (key && value !== '') values[key] = value.replace(/^(["'])(.*)\1$/, '$2')
  }
  return values
}

/** The text with these values in place of those it has; everything else stays as it is. */
export function changeConfig(text: string, values: ClientConfig): string {
  let lines = text.replace(/\n*$/, '\n').split('\n')
  for (const [key, value] of Object.entries(values)) {
    const at = lines.findIndex((line) => LINE.exec(line)?.[1]?.toLowerCase() === key)
    const line = `${key} = ${value}`
    lines = at < 0 ? [...lines.slice(0, -1), line, ...lines.slice(-1)] : lines.with(at, line)
  }
  return lines.join('\n').replace(/^\n+/, '')
}

/** Replaces the file as a whole; from then on its owner alone can read it. */
export async function writeConfig(file: string, values: ClientConfig): Promise<void> {
  const before = (await textOf(file, false)) ?? ''
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, changeConfig(before, values), { mode: 0o600, flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
