/** Checks of the data directory: rights, settings, certificates, and whether the server could listen. */

import { X509Certificate } from 'node:crypto'
import { constants, existsSync, readFileSync } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { messageOf, systemCodeOf } from '../../base/errors.ts'
import { type Config, loadConfig } from '../../config.ts'
import type { Listen } from '../../settings/listen.ts'
import { runningServer } from '../running-server.ts'
import { readServerFile } from '../server-file.ts'
import { type Check, fail, ok, warn } from './finding.ts'

export const rights: Check = async (dataDir) => {
  if (!existsSync(dataDir)) return ok('data', `${dataDir} is not there yet; the first start makes it`)
  const { mode, uid } = await stat(dataDir)
  const writable = await access(dataDir, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!writable) return fail('data', `${dataDir} belongs to uid ${uid} and cannot be written; run as its owner`)
  if ((mode & 0o077) === 0) return ok('data', `${dataDir} is yours alone`)
  return warn('data', `others can look into ${dataDir}; chmod 700 ${dataDir}`)
}

export const lock: Check = async (dataDir) => {
  const server = await runningServer(dataDir)
  if (server) return ok('server', `runs as process ${server.pid}, version ${server.version}`)
  const left = await readServerFile(dataDir)
  if (left) return warn('server', `process ${left.pid} is gone without a clean stop; start it again: ncmgr start`)
  return ok('server', 'does not run')
}

export const settings: Check = (dataDir) => {
  try {
    const { warnings } = loadConfig({ dataDir })
    return warnings.length === 0 ? ok('settings', 'all understood') : warn('settings', warnings.join('; '))
  } catch (error) {
    return fail('settings', messageOf(error))
  }
}

export const port: Check = async (dataDir) => {
  const listen = configOf(dataDir)?.accelerator.listen
  if (!listen) return ok('port', 'no door to open')
  const address = `${listen.host || '*'}:${listen.port}`
  if (await runningServer(dataDir)) return ok('port', `${address} is the server's`)
  const code = await tryPort(listen)
  if (code === undefined) return ok('port', `${address} is free`)
  if (code !== 'EADDRINUSE')
    return fail('port', `${address} cannot be opened (${code}); choose another: accelerator.listen`)
  return fail('port', `${address} is taken by another program; choose another: accelerator.listen`)
}

function tryPort({ host, port: number }: Listen): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(systemCodeOf(error) ?? messageOf(error)))
    server.listen({ port: number, ...(host && { host }) }, () => server.close(() => resolve(undefined)))
  })
}

const SOON_DAYS = 30

export const certificate: Check = async (dataDir) => {
  const tls = configOf(dataDir)?.tls
  if (!tls?.enable) return ok('certificate', 'HTTPS is off')
  const file = tls.certificate ?? (await certificateIn(dataDir))
  if (file === undefined) return ok('certificate', 'the next start makes one')
  try {
    const days = Math.floor(
      (new X509Certificate(readFileSync(file)).validToDate.getTime() - systemClock.now()) / 86_400_000,
    )
    if (days < 0) return fail('certificate', `${file} has expired; replace it, then vovproject reread`)
    const sentence = `${file} is good for ${days} days`
    return days < SOON_DAYS ? warn('certificate', `${sentence}; replace it soon`) : ok('certificate', sentence)
  } catch (error) {
    return fail('certificate', `${file} cannot be read: ${messageOf(error)}`)
  }
}

/** A signed pair goes before the one that the server made. */
async function certificateIn(dataDir: string): Promise<string | undefined> {
  for (const folder of ['ssl', 'self-signed']) {
    const path = join(dataDir, 'config', folder)
    const names = await readdir(path).catch(() => [])
    const name = names.find((one) => /\.(crt|pem)$/.test(one) && !/key/.test(one))
    if (name !== undefined) return join(path, name)
  }
  return undefined
}

function configOf(dataDir: string): Config | undefined {
  try {
    return loadConfig({ dataDir }).config
  } catch {
    // `settings` has told it.
    return undefined
  }
}
