/** Which server `nc` speaks to, found from options, environment, the queues file and the local data directory. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../failure.ts'
import { readServerFile, trustedDataDir } from '../server-file.ts'

/** Where a server listens that was started without any setting. */
const DEFAULT_URL = 'http://127.0.0.1:6330'

export interface QueueRequest {
  url?: string | undefined
  queue?: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

/** The folder of a person's own files: sign-ins, queue names. */
export function configDirOf(env: QueueRequest['env']): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME ?? '/', '.config'), 'yardmaster')
}

/** Scheme, host and port of the server. @throws UserError when a name leads nowhere or a URL cannot be read */
export async function findQueue({ url, queue, env }: QueueRequest): Promise<string> {
  if (url) return originOf(url)
  if (queue) return byName(queue, env)
  if (env.NC_URL) return originOf(env.NC_URL)
  if (env.NC_QUEUE) return byName(env.NC_QUEUE, env)
  return (await localUrl(env)) ?? DEFAULT_URL
}

async function byName(name: string, env: QueueRequest['env']): Promise<string> {
  if (name.includes('://')) return originOf(name)
  const file = join(configDirOf(env), 'queues')
  const known = readQueues(await readFile(file, 'utf8').catch(() => ''))
  const url = known.get(name) ?? (await localUrl(env))
  if (url) return originOf(url)
  throw new UserError(`no queue ${name} is known: add the line "${name} http://HOST:PORT" to ${file}, or set NC_URL`)
}

async function localUrl(env: QueueRequest['env']): Promise<string | undefined> {
  const dataDir = await trustedDataDir(env)
  return dataDir && (await readServerFile(dataDir))?.urls.accelerator
}

/** Lines `NAME URL`; `#` begins a comment. */
export function readQueues(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
  return new Map(lines.flatMap(([name, url]) => (name && url ? [[name, url] as const] : [])))
}

function originOf(text: string): string {
  const url = URL.parse(text)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin
  throw new UserError(`"${text}" is not the address of a server; it should look like http://myhost:6330`)
}
