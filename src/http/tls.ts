/** Which certificate the server shows: the one named in the settings, else one in `config/ssl`, else its own. */

import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Instant } from '../base/clock.ts'
import { DomainError, messageOf } from '../base/errors.ts'
import { type CertificatePair, isFor, selfSignedPair } from './certificate.ts'
import { type FoundPair, findPairs, readPairAt } from './certificate-files.ts'

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

const SOON_MS = 14 * 86_400_000

/** @throws invalid with what to do, for a pair that is unreadable, does not belong together or is not valid now */
export async function chooseTls(wish: TlsWish): Promise<TlsChoice> {
  const { dataDir, minVersion, certificate, key } = wish
  const isNamed = certificate !== null && key !== null
  const found = isNamed ? [await readPairAt(certificate, key)] : await findPairs(join(dataDir, 'config', 'ssl'))
  const [best] = found.toSorted((one, other) => rank(other, wish) - rank(one, wish))
  if (!best) {
    const made = await selfSignedPair({ folder: join(dataDir, 'config', 'self-signed'), ...wish })
    return { ...made, minVersion, source: 'self-signed', warnings: [] }
  }
  checkUsable(best, wish)
  const warnings = risksOf(best, wish)
  return { certificate: best.certificate, key: best.key, minVersion, source: 'ca-signed', warnings }
}

/** Valid now counts most, then the right name, then how long it holds. */
function rank({ leaf }: FoundPair, { names, now }: TlsWish): number {
  const end = Date.parse(leaf.validTo)
  const isValid = Date.parse(leaf.validFrom) <= now && now < end
  return (isValid ? 4e15 : 0) + (isFor(leaf, names[0] ?? '') ? 2e15 : 0) + end
}

/** @throws invalid for a pair that is not valid now, or that TLS would not take */
function checkUsable({ leaf, certificatePath: path, certificate, key }: FoundPair, { now, minVersion }: TlsWish): void {
  if (Date.parse(leaf.validTo) <= now) {
    const advice = 'put a new one there, or remove it for a self-signed one'
    throw new DomainError('invalid', `the certificate ${path} expired on ${leaf.validTo}; ${advice}`)
  }
  if (Date.parse(leaf.validFrom) > now) {
    const sentence = `the certificate ${path} is not valid before ${leaf.validFrom}; check this host's clock`
    throw new DomainError('invalid', sentence)
  }
  try {
    createSecureContext({ cert: certificate, key, minVersion })
  } catch (error) {
    throw new DomainError('invalid', `the certificate ${path} cannot be used for TLS: ${messageOf(error)}`, {}, error)
  }
}

/** What works today but should be mended. */
function risksOf({ leaf, certificatePath, keyPath, keyMode }: FoundPair, { names, now }: TlsWish): string[] {
  const risks: string[] = []
  const name = names[0]
  const about = `the certificate ${certificatePath}`
  if (name !== undefined && !isFor(leaf, name))
    risks.push(`${about} is for ${leaf.subjectAltName ?? leaf.subject}, not for ${name}: clients that verify refuse it`)
  if (Date.parse(leaf.validTo) - now < SOON_MS)
    risks.push(`${about} expires on ${leaf.validTo}: put a new one there and run vovproject reread`)
  if ((keyMode & 0o007) !== 0) risks.push(`everybody on this host can read the key ${keyPath}: run chmod 600 on it`)
  return risks
}
