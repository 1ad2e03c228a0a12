/** Certificates and keys in files that an administrator put there, and which belong together. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DomainError, messageOf, systemCodeOf } from '../base/errors.ts'
import type { CertificatePair } from './certificate.ts'

/** A pair whose key belongs to the first certificate of its file; those behind it are its chain. */
export interface FoundPair extends CertificatePair {
  leaf: X509Certificate
  certificatePath: string
  keyPath: string
  /** Permission bits of the key's file. */
  keyMode: number
}

interface PemFile {
  path: string
  text: string
  mode: number
}

/** @throws invalid for files that cannot be read or do not belong together */
export async function readPairAt(certificatePath: string, keyPath: string): Promise<FoundPair> {
  const [certificate, key] = [await readPem(certificatePath), await readPem(keyPath)]
  const [pair] = pairsAmong([certificate], [key])
  if (!pair) throw unmatched([certificate], [key])
  return pair
}

/**
 * The pairs in a folder, whatever its files are called: what counts is which key belongs to which certificate. None for a
 * folder that is not there or holds neither. @throws invalid for one without the other, or what cannot be read
 */
export async function findPairs(folder: string): Promise<FoundPair[]> {
  const files = await readFolder(folder)
  const certificates = files.filter(({ text }) => text.includes('-----BEGIN CERTIFICATE-----'))
  const keys = files.filter(({ text }) => text.includes('PRIVATE KEY-----'))
  if (certificates.length === 0 && keys.length === 0) return []
  if (certificates.length === 0) throw half(folder, 'a key but no certificate (*.crt or *.pem)')
  if (keys.length === 0) throw half(folder, 'a certificate but no key (*.key or *.pem)')
  const pairs = pairsAmong(certificates, keys)
  if (pairs.length === 0) throw unmatched(certificates, keys)
  return pairs
}

function pairsAmong(certificates: readonly PemFile[], keyFiles: readonly PemFile[]): FoundPair[] {
  const keys = keyFiles.map((file) => ({ file, key: keyOf(file) }))
  return certificates.flatMap((certificate) => {
    const leaf = leafOf(certificate)
    const own = keys.filter(({ key }) => leaf.checkPrivateKey(key))
    return own.map(({ file }) => ({
      certificate: certificate.text,
      key: file.text,
      leaf,
      certificatePath: certificate.path,
      keyPath: file.path,
      keyMode: file.mode,
    }))
  })
}

async function readFolder(folder: string): Promise<PemFile[]> {
  const names = await readdir(folder).catch((error) => {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw new DomainError('invalid', `${folder} cannot be read: ${messageOf(error)}`, {}, error)
  })
  const wanted = names.filter((name) => /\.(pem|crt|cer|key)$/i.test(name)).toSorted()
  return Promise.all(wanted.map((name) => readPem(join(folder, name))))
}

async function readPem(path: string): Promise<PemFile> {
  try {
    return { path, text: await readFile(path, 'utf8'), mode: (await stat(path)).mode & 0o777 }
  } catch (error) {
    throw new DomainError('invalid', `${path} cannot be read by the server: ${messageOf(error)}`, {}, error)
  }
}

function leafOf({ path, text }: PemFile): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch (error) {
    throw new DomainError('invalid', `${path} holds no certificate in PEM form`, {}, error)
  }
}

function keyOf({ path, text }: PemFile): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (error) {
    const why = text.includes('ENCRYPTED')
      ? 'is protected by a passphrase; write it without one, mode 600'
      : 'holds no private key in PEM form'
    throw new DomainError('invalid', `${path} ${why}`, {}, error)
  }
}

function half(folder: string, what: string): DomainError {
  return new DomainError('invalid', `${folder} holds ${what}: put both there, or neither for a self-signed certificate`)
}

function unmatched(certificates: readonly PemFile[], keys: readonly PemFile[]): DomainError {
  const files = [...certificates, ...keys].map(({ path }) => path)
  const advice =
    "the host's own certificate must come first in its file, and its key must be the one that it was requested with"
  return new DomainError('invalid', `no key belongs to a certificate among ${files.join(', ')}; ${advice}`)
}
