/** The keys to a bucket, from a file as AWS's own tools keep it, or from the environment. */

import { readFile } from 'node:fs/promises'
import type { Clock } from '../../base/clock.ts'
import { DomainError, messageOf, systemCodeOf } from '../../base/errors.ts'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  /** When the client asks anew. */
  expiration?: Date
}

export interface CredentialsSource {
  /** Absolute; the environment where it is missing. */
  file?: string | undefined
  /** Of the file. */
  profile?: string | undefined
  env?: Readonly<Record<string, string | undefined>> | undefined
}

/** A file is read again so often, so that keys can be changed without a restart. */
const FILE_AGE_MS = 300_000

/** A function that reads them anew. It throws unavailable with what is missing, and where. */
export function credentialsFrom(source: CredentialsSource, clock: Clock): () => Promise<Credentials> {
  const { file, profile = 'default', env = process.env } = source
  if (file === undefined) return async () => pick(env, 'the environment has no', (name) => name.toUpperCase())
  return async () => {
    const section = sectionOf(await readText(file), profile)
    if (section === undefined) throw unavailable(`the credentials file ${file} has no section [${profile}]`)
    const found = pick(section, `[${profile}] of the credentials file ${file} has no`, (name) => name)
    return { ...found, expiration: new Date(clock.now() + FILE_AGE_MS) }
  }
}

function pick(
  values: Readonly<Record<string, string | undefined>>,
  missing: string,
  spell: (name: string) => string,
): Credentials {
  const find = (name: string) => values[spell(name)] || undefined
  const need = (name: string) => {
    const value = find(name)
    if (value === undefined) throw unavailable(`${missing} ${spell(name)}`)
    return value
  }
  const sessionToken = find('aws_session_token')
  return {
    accessKeyId: need('aws_access_key_id'),
    secretAccessKey: need('aws_secret_access_key'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
}

/** Undefined when the INI text has no such section; `[profile NAME]` is one as well. */
function sectionOf(text: string, profile: string): Record<string, string> | undefined {
  let section: Record<string, string> | undefined
  let isInside = false
  for (const line of text.split(/\r?\n/).map((raw) => raw.trim())) {
    const title = /^\[\s*(?:profile\s+)?(.*?)\s*\]$/.exec(line)?.[1]
    if (title !== undefined) {
      isInside = title === profile
      if (isInside) section ??= {}
    } else if (isInside && !/^[#;]/.test(line) && line.includes('=')) {
      const at = line.indexOf('=')
      section![line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim()
    }
  }
  return section
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unavailable(`the credentials file ${file} cannot be read (${systemCodeOf(error) ?? messageOf(error)})`)
  }
}

const unavailable = (message: string) => new DomainError('unavailable', message)
