import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CertificatePair, selfSignedPair } from '../../../src/http/certificate.ts'
import { chooseTls, type TlsWish } from '../../../src/http/tls.ts'
import { makeFolder, testFolder } from '../../support/folder.ts'

const NAMES = ['server.example.com', 'localhost', '127.0.0.1', '::1']
const DAY_MS = 86_400_000
const now = Date.parse('2026-03-01T12:00:00Z')

describe('the certificate that the server makes', () => {
  test('names this host by all its names, and only its owner can read the key', async () => {
    const folder = join(testFolder(), 'self-signed')
    const { certificate } = await selfSignedPair({ folder, names: NAMES, now })
    const read = new X509Certificate(certificate)
    expect(read.subject).toBe('CN=server.example.com')
    expect([read.checkHost('server.example.com'), read.checkHost('localhost'), read.checkIP('::1')]).not.toContain(
      undefined,
    )
    expect(read.checkHost('other.example.com')).toBeUndefined()
    expect(read.verify(read.publicKey)).toBe(true)
    expect(statSync(join(folder, 'server.key')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  test('is kept from start to start', async () => {
    const folder = testFolder()
    const made = await selfSignedPair({ folder, names: NAMES, now })
    expect(await selfSignedPair({ folder, names: NAMES, now: now + 700 * DAY_MS })).toEqual(made)
  })

  test.each([
    ['a name is added', { names: [...NAMES, 'new.example.com'] }],
    ['a name is dropped', { names: NAMES.slice(0, 2) }],
    ['its time runs out within a month', { now: now + 800 * DAY_MS }],
  ])('is made anew when %s', async (_why, change) => {
    const folder = testFolder()
    const made = await selfSignedPair({ folder, names: NAMES, now })
    expect(await selfSignedPair({ folder, names: NAMES, now, ...change })).not.toEqual(made)
  })

  test('is made anew when its file is damaged', async () => {
    const folder = testFolder()
    await selfSignedPair({ folder, names: NAMES, now })
    writeFileSync(join(folder, 'server.crt'), 'rubbish')
    const { certificate } = await selfSignedPair({ folder, names: NAMES, now })
    expect(readFileSync(join(folder, 'server.crt'), 'utf8')).toBe(certificate)
  })
})

/** A pair as an authority would have given it, kept for the whole file. */
async function pair(names = NAMES, at = now): Promise<CertificatePair> {
  const folder = makeFolder()
  const made = await selfSignedPair({ folder, names, now: at })
  rmSync(folder, { recursive: true })
  return made
}

function encrypted(key: string): string {
  const protection = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' } as const
  return createPrivateKey(key).export(protection) as string
}

function wish(files: Record<string, string>, change: Partial<TlsWish> = {}): TlsWish {
  const dataDir = testFolder()
  mkdirSync(join(dataDir, 'config', 'ssl'), { recursive: true })
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(dataDir, 'config', 'ssl', name), text, { mode: 0o600 })
  return { dataDir, minVersion: 'TLSv1.3', certificate: null, key: null, names: NAMES, now, ...change }
}

describe('the certificate that the server shows', () => {
  test('is its own while config/ssl holds none', async () => {
    const empty = wish({ 'README.txt': 'nothing here' })
    const choice = await chooseTls(empty)
    expect(choice.source).toBe('self-signed')
    expect(readFileSync(join(empty.dataDir, 'config', 'self-signed', 'server.crt'), 'utf8')).toBe(choice.certificate)
  })

  test.each([
    [{ certificate: 'server.crt', key: 'server.key' }],
    [{ certificate: 'host-crt.pem', key: 'host-key.pem' }],
    [{ certificate: 'fullchain.pem', key: 'privkey.pem' }],
    [{ certificate: 'both.pem', key: 'both.pem' }],
  ])('is the pair in config/ssl, whatever its files are called: %o', async ({ certificate, key }) => {
    const given = await pair()
    const files =
      certificate === key
        ? { [certificate]: given.certificate + given.key }
        : { [certificate]: given.certificate, [key]: given.key }
    const choice = await chooseTls(wish(files))
    expect(choice).toMatchObject({ source: 'ca-signed', warnings: [] })
    expect(choice.certificate).toContain(given.certificate)
  })

  test('is, among several pairs, the one that is valid and names this host', async () => {
    const [stale, foreign, right] = await Promise.all([
      pair(NAMES, now - 900 * DAY_MS),
      pair(['other.example.com']),
      pair(),
    ])
    const files = {
      'a.crt': stale.certificate,
      'a.key': stale.key,
      'b.crt': foreign.certificate,
      'b.key': foreign.key,
      'c.crt': right.certificate,
      'c.key': right.key,
    }
    expect((await chooseTls(wish(files))).certificate).toBe(right.certificate)
  })

  test('is the pair that the settings name', async () => {
    const given = await pair()
    const base = wish({ 'server.crt': 'rubbish', 'x.crt': given.certificate, 'x.key': given.key })
    const folder = join(base.dataDir, 'config', 'ssl')
    const choice = await chooseTls({ ...base, certificate: join(folder, 'x.crt'), key: join(folder, 'x.key') })
    expect(choice.certificate).toBe(given.certificate)
  })

  test('is pointed out when it is for another name or ends soon', async () => {
    const given = await pair(['other.example.com'])
    const files = { 'server.crt': given.certificate, 'server.key': given.key }
    const { warnings } = await chooseTls(wish(files, { now: now + 820 * DAY_MS }))
    expect(warnings).toEqual([
      expect.stringMatching(/is for DNS:other\.example\.com, not for server\.example\.com/),
      expect.stringMatching(/expires on .*: put a new one there and run vovproject reread/),
    ])
  })

  test('is pointed out when everybody can read its key', async () => {
    const given = await pair()
    const base = wish({ 'server.crt': given.certificate, 'server.key': given.key })
    chmodSync(join(base.dataDir, 'config', 'ssl', 'server.key'), 0o644)
    expect((await chooseTls(base)).warnings).toEqual([
      expect.stringMatching(/everybody .* can read the key .*server\.key/),
    ])
  })
})

describe('a pair that cannot be used is refused with what to do', () => {
  test.each([
    ['a certificate alone', (a: CertificatePair) => ({ 'server.crt': a.certificate }), /a certificate but no key/],
    ['a key alone', (a: CertificatePair) => ({ 'server.key': a.key }), /a key but no certificate/],
    [
      'a key of another',
      (a: CertificatePair, b: CertificatePair) => ({ 'x.crt': a.certificate, 'x.key': b.key }),
      /no key belongs to a certificate/,
    ],
    [
      'a damaged certificate',
      (a: CertificatePair) => ({ 'x.crt': a.certificate.replace(/\n.{20}/, '\nAAAA'), 'x.key': a.key }),
      /x\.crt holds no certificate in PEM form/,
    ],
    [
      'a key with a passphrase',
      (a: CertificatePair) => ({ 'x.crt': a.certificate, 'x.key': encrypted(a.key) }),
      /x\.key is protected by a passphrase/,
    ],
  ])('%s', async (_what, files, sentence) => {
    await expect(chooseTls(wish(files(await pair(), await pair())))).rejects.toThrow(sentence)
  })

  test.each([
    ['expired', 900, /expired on .*; put a new one there, or remove it for a self-signed one/],
    ['not yet valid', -10, /is not valid before .*; check this host's clock/],
  ])('%s', async (_what, days, sentence) => {
    const given = await pair()
    const files = { 'server.crt': given.certificate, 'server.key': given.key }
    await expect(chooseTls(wish(files, { now: now + days * DAY_MS }))).rejects.toThrow(sentence)
  })

  test('a named file that is not there', async () => {
    await expect(chooseTls(wish({}, { certificate: '/nowhere/a', key: '/nowhere/b' }))).rejects.toThrow(
      /\/nowhere\/a cannot be read by the server: ENOENT/,
    )
  })
})
