/** Which certificate the server shows: the one named in the settings, else one in `config/ssl`, else its own. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Instant } from '../base/clock.ts'
import { DomainError, messageOf, systemCodeOf } from '../base/errors.ts'
import { type CertificatePair, isFor, selfSignedPair } from './certificate.ts'

export interface TlsWish {
  /** Data directory: `config/ssl` and `config/self-signed` lie in it. */
  dataDir: string
  minVersion: 'TLSv1.2' | 'TLSv1.3'
  /** Absolute paths from the settings; both or neither. */
  certificate: string | null
  key: string | null
  /** Host names and addresses in lower case; the first is the one that URLs carry. */
  names: readonly string[]
  now: Instant
}

/** What a door needs to speak TLS. */
export interface TlsChoice extends CertificatePair {
  minVersion: 'TLSv1.2' | 'TLSv1.3'
  source: 'ca-signed' | 'self-signed'
  /** Sentences for the administrator. */
  warnings: string[]
}

interface ReadFile {
  path: string
  text: string
}

interface Found extends CertificatePair {
  leaf: X509Certificate
  path: string
}

const SOON_MS = 14 * 86_400_000

/** @throws invalid with what to do, for a pair that is unreadable, does not belong together or is not valid now */
export async function chooseTls(wish: TlsWish): Promise<TlsChoice> {
  const { minVersion, certificate, key } = wish
  const found =
    certificate !== null && key !== null
      ? await readNamed(certificate, key)
      : await search(join(wish.dataDir, 'config', 'ssl'), wish)
  if (!found) {
    const folder = join(wish.dataDir, 'config', 'self-signed')
    return { ...(await selfSignedPair({ folder, ...wish })), minVersion, source: 'self-signed', warnings: [] }
  }
  checkUsable(found, wish)
  const warnings = [...misnamed(found, wish), ...expiring(found, wish)]
  return { certificate: found.certificate, key: found.key, minVersion, source: 'ca-signed', warnings }
}

async function readNamed(certificatePath: string, keyPath: string): Promise<Found> {
  const certificate = await read(certificatePath)
  const key = await read(keyPath)
  const leaf = leafOf(certificate)
  if (!leaf.checkPrivateKey(keyOf(key))) throw unmatched(certificatePath, keyPath)
  return { certificate: certificate.text, key: key.text, leaf, path: certificatePath }
}

/**
 * The pair in a folder, whatever its files are called: what counts is which key belongs to which certificate. Among
 * several the one that is valid now, names this host and holds longest. Undefined for a folder without any.
 */
async function search(folder: string, wish: TlsWish): Promise<Found | undefined> {
  const files = await readFolder(folder)
  const certificates = files.filter(({ text }) => text.includes('-----BEGIN CERTIFICATE-----'))
  const keys = files.filter(({ text }) => text.includes('PRIVATE KEY-----'))
  if (certificates.length === 0 && keys.length === 0) return undefined
  if (certificates.length === 0) throw half(folder, 'a key but no certificate (*.crt or *.pem)')
  if (keys.length === 0) throw half(folder, 'a certificate but no key (*.key or *.pem)')
  const read = keys.map((file) => ({ file, key: keyOf(file) }))
  const pairs = certificates.flatMap((file) => pairsOf(file, read))
  if (pairs.length === 0)
    throw unmatched(certificates.map(({ path }) => path).join(', '), keys.map(({ path }) => path).join(', '))
  return pairs.toSorted((a, b) => rank(b, wish) - rank(a, wish))[0]
}

function pairsOf(file: ReadFile, keys: readonly { file: ReadFile; key: KeyObject }[]): Found[] {
  const leaf = leafOf(file)
  return keys
    .filter(({ key }) => leaf.checkPrivateKey(key))
    .map((match) => ({ certificate: file.text, key: match.file.text, leaf, path: file.path }))
}

function rank({ leaf }: Found, { names, now }: TlsWish): number {
  const end = Date.parse(leaf.validTo)
  const isValid = Date.parse(leaf.validFrom) <= now && now < end
  return (isValid ? 4e15 : 0) + (isFor(leaf, names[0] ?? '') ? 2e15 : 0) + end
}

/** Certificates and keys by their endings; a folder that is not there holds none. */
async function readFolder(folder: string): Promise<ReadFile[]> {
  const names = await readdir(folder).catch((error) => {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw new DomainError('invalid', `${folder} cannot be read: ${messageOf(error)}`, {}, error)
  })
  const wanted = names.filter((name) => /\.(pem|crt|cer|key)$/i.test(name)).toSorted()
  return Promise.all(wanted.map((name) => read(join(folder, name))))
}

async function read(path: string): Promise<ReadFile> {
  try {
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    throw new DomainError('invalid', `${path} cannot be read by the server: ${messageOf(error)}`, {}, error)
  }
}

/** The first certificate of a file is the host's; those that follow are its chain. */
function leafOf({ path, text }: ReadFile): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch (error) {
    throw new DomainError('invalid', `${path} holds no certificate in PEM form`, {}, error)
  }
}

function keyOf({ path, text }: ReadFile): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (error) {
    const why = text.includes('ENCRYPTED')
      ? 'is protected by a passphrase; write it without one, mode 600'
      : 'holds no private key in PEM form'
    throw new DomainError('invalid', `${path} ${why}`, {}, error)
  }
}

/** @throws invalid for a pair that is not valid now, or that TLS would not take */
function checkUsable({ leaf, path, certificate, key }: Found, { now, minVersion }: TlsWish): void {
  if (Date.parse(leaf.validTo) <= now)
    throw new DomainError(
      'invalid',
      `the certificate ${path} expired on ${leaf.validTo}; put a new one there, or remove it for a self-signed one`,
    )
  if (Date.parse(leaf.validFrom) > now)
    throw new DomainError(
      'invalid',
      `the certificate ${path} is not valid before ${leaf.validFrom}; check this host's clock`,
    )
  try {
    createSecureContext({ cert: certificate, key, minVersion })
  } catch (error) {
    throw new DomainError('invalid', `the certificate ${path} cannot be used for TLS: ${messageOf(error)}`, {}, error)
  }
}

function misnamed({ leaf, path }: Found, { names }: TlsWish): string[] {
  const name = names[0]
  if (name === undefined || isFor(leaf, name)) return []
  return [
    `the certificate ${path} is for ${leaf.subjectAltName ?? leaf.subject}, not for ${name}: clients that verify will refuse it`,
  ]
}

function expiring({ leaf, path }: Found, { now }: TlsWish): string[] {
  if (Date.parse(leaf.validTo) - now > SOON_MS) return []
  return [`the certificate ${path} expires on ${leaf.validTo}: put a new one there and run vovproject reread`]
}

function half(folder: string, what: string): DomainError {
  return new DomainError('invalid', `${folder} holds ${what}: put both there, or neither for a self-signed certificate`)
}

function unmatched(certificates: string, keys: string): DomainError {
  const advice =
    "the host's own certificate must come first in its file, and its key must be the one that it was requested with"
  return new DomainError('invalid', `no key belongs to a certificate: ${certificates} and ${keys}; ${advice}`)
}
