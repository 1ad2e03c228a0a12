/** A certificate that the server signs itself: made at start, kept until its names change or its time runs out. */

import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Instant } from '../base/clock.ts'
import { DomainError, messageOf, systemCodeOf } from '../base/errors.ts'

const DAY_MS = 86_400_000
/** The longest that browsers and operating systems accept of a certificate which somebody chose to trust. */
const LIFETIME_MS = 825 * DAY_MS
const RENEW_BEFORE_MS = 30 * DAY_MS
/** For clients whose clock is a little behind. */
const BACKDATE_MS = 3_600_000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** PEM texts. */
export interface CertificatePair {
  certificate: string
  key: string
}

export interface SelfSignedWish {
  /** Holds `server.crt` and `server.key` (mode 0600); made when absent. */
  folder: string
  /** Host names and addresses in lower case, the subject first. */
  names: readonly string[]
  now: Instant
}

/** The kept pair if it is still good, else a new one. @throws unavailable when the folder cannot be read or written */
export async function selfSignedPair(wish: SelfSignedWish): Promise<CertificatePair> {
  try {
    const kept = await readPair(wish.folder)
    if (kept && isGood(kept, wish)) return kept
    const made = await makePair(wish)
    await writePair(wish.folder, made)
    return made
  } catch (error) {
    const sentence = `the self-signed certificate cannot be kept in ${wish.folder}: ${messageOf(error)}`
    throw new DomainError('unavailable', sentence, {}, error)
  }
}

async function readPair(folder: string): Promise<CertificatePair | undefined> {
  try {
    const certificate = await readFile(join(folder, 'server.crt'), 'utf8')
    return { certificate, key: await readFile(join(folder, 'server.key'), 'utf8') }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whether the pair belongs together, is made for exactly these names, and holds for a while yet. */
function isGood({ certificate, key }: CertificatePair, { names, now }: SelfSignedWish): boolean {
  try {
    const read = new X509Certificate(certificate)
    const hasTime = now < Date.parse(read.validTo) - RENEW_BEFORE_MS
    const hasNames =
      names.every((name) => isFor(read, name)) && read.subjectAltName?.split(', ').length === names.length
    return hasTime && hasNames && read.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

/** Whether a client that reaches the server under `name` would take the certificate for it. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined
}

/** The library is large and needed once in two years, so it is loaded only here; it wants its polyfill first. */
async function makePair({ names, now }: SelfSignedWish): Promise<CertificatePair> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: [{ CN: [names[0]!.slice(0, 64)] }],
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + LIFETIME_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const exported = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: exported, format: 'der', type: 'pkcs8' })
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}

/** The key before the certificate, each whole or not at all. */
async function writePair(folder: string, { certificate, key }: CertificatePair): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeWhole(join(folder, 'server.key'), key, 0o600)
  await writeWhole(join(folder, 'server.crt'), certificate, 0o644)
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, text, { mode, flag: 'wx' })
  await rename(draft, path)
}
