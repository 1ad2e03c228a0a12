/** From options, environment and config file to a hub: at which address, with which key. */

import { createHttpClient } from '../../client/http-client.ts'
import { trustFor } from '../../client/trust.ts'
import { UserError } from '../../failure.ts'
import { readServerFile, trustedDataDir } from '../../server-file.ts'
import { findConfig } from './config-file.ts'
import { createHub, type Hub } from './hub.ts'
import type { CommonOptions, Environment } from './options.ts'

/** Where a hub listens that was set up without any address. */
const DEFAULT_URL = 'http://127.0.0.1:8000'

/** @throws UserError where no key is to be found, or the address cannot be read */
export async function connect(options: CommonOptions, env: Environment): Promise<Hub> {
  const { file, values } = await findConfig(options.config, env)
  const key = options.clientKey ?? (env.NGCLIENT_KEY || values.client_key)
  const url = await addressOf(options, env, values.base_url)
  if (!key) throw new UserError(`no client key for ${url} in ${file}; make one: ngclient authenticate -u USER`)
  return reach(url, `Api-Key ${key}`, { options, env })
}

/** The hub as somebody with this `Authorization` header; undefined for nobody yet. */
export async function reach(
  url: string,
  authorization: string | undefined,
  { options, env }: { options: CommonOptions; env: Environment },
): Promise<Hub> {
  const insecure = options.insecure === true || /^(1|true|yes)$/i.test(env.NGCLIENT_INSECURE ?? '')
  const wording = { address: 'NGCLIENT_BASE_URL', insecure: 'NGCLIENT_INSECURE=1' }
  const http = createHttpClient(await trustFor(url, insecure, env), wording)
  return createHub({ url, http, authorization })
}

/** The first of: option, environment, config file, the running server of the data directory, the usual place. */
export async function addressOf(
  { baseUrl }: CommonOptions,
  env: Environment,
  configured: string | undefined,
): Promise<string> {
  const said = baseUrl ?? (env.NGCLIENT_BASE_URL || configured)
  return said ? readAddress(said) : ((await localUrl(env)) ?? DEFAULT_URL)
}

async function localUrl(env: Environment): Promise<string | undefined> {
  const dataDir = await trustedDataDir(env)
  return dataDir && (await readServerFile(dataDir))?.urls.hub
}

/** Without what all paths begin with: both `http://hub:8000` and `http://hub:8000/api/` are the hub. @throws UserError */
export function readAddress(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw new UserError(`"${text}" is not the address of a hub; it should look like http://myhost:8000`)
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/api$/, '')
}
