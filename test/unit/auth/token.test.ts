import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTokens, type TokenClaims } from '../../../src/auth/token.ts'
import { loadTokenKey, type TokenKey } from '../../../src/auth/token-key.ts'
import { HandClock } from '../../support/clock.ts'
import { encode, forge as forgeWith } from '../../support/forge.ts'
import { memorySettings } from '../../support/memory-store.ts'

const HOUR_MS = 3_600_000

let key: TokenKey
let clock: HandClock
let claims: TokenClaims

beforeAll(async () => {
  key = await loadTokenKey(memorySettings(), {})
  clock = new HandClock()
  claims = { user: 'alice', roles: ['user'], revision: 7, expiresAt: clock.now() + 4 * HOUR_MS }
})

const forge = (header: object, payload: object, signer?: (text: string) => Buffer) =>
  forgeWith(key, header, payload, signer)

const payload = () => {
  const now = Math.floor(clock.now() / 1000)
  return { iss: 'yardmaster', sub: 'alice', roles: ['user'], rev: 7, iat: now, exp: now + 3600 }
}

describe('a token', () => {
  test('says who it was issued to, and until when', async () => {
    const tokens = createTokens(key, clock)
    const read = await tokens.read(await tokens.sign(claims))
    expect(read).toEqual({ ...claims, expiresAt: claims.expiresAt + 5000 })
  })

  test('holds until its time and a little longer, for clocks that are apart', async () => {
    const later = new HandClock(clock.now())
    const tokens = createTokens(key, later)
    const token = await tokens.sign(claims)
    later.turn(4 * HOUR_MS + 4000)
    await tokens.read(token)
    later.turn(2000)
    await expect(tokens.read(token)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'the token has expired; sign in again',
    })
  })

  test('without an end holds for ever, so that only a change of its account ends it', async () => {
    const later = new HandClock(clock.now())
    const tokens = createTokens(key, later)
    const token = await tokens.sign({ ...claims, expiresAt: Number.POSITIVE_INFINITY })
    later.turn(50 * 365 * 24 * HOUR_MS)
    expect(await tokens.read(token)).toMatchObject({ user: 'alice', expiresAt: Number.POSITIVE_INFINITY })
  })

  test('made by hand with the right key is read, whatever the header says of other keys', async () => {
    const header = {
      alg: 'EdDSA',
      typ: 'JWT',
      kid: "../../etc/passwd' or 1=1 --",
      jku: 'http://127.0.0.1:1/keys',
      x5u: 'http://127.0.0.1:1/',
    }
    await expect(createTokens(key, clock).read(forge(header, payload()))).resolves.toMatchObject({ user: 'alice' })
  })
})

describe('a forged token is refused', () => {
  const none = () => Buffer.alloc(0)
  const raw = () => Buffer.from(key.publicKey.export({ format: 'jwk' }).x!, 'base64url')
  const withSecret = (secret: () => string | Buffer) => (text: string) =>
    createHmac('sha256', secret()).update(text).digest()

  test.each([
    ['without a signature', () => forge({ alg: 'none' }, payload(), none)],
    ['without a signature, in other letters', () => forge({ alg: 'NoNe' }, payload(), none)],
    ['with no algorithm', () => forge({}, payload())],
    ['by HS256 with the public key', () => forge({ alg: 'HS256' }, payload(), withSecret(raw))],
    [
      'by HS256 with the public key as PEM',
      () =>
        forge(
          { alg: 'HS256' },
          payload(),
          withSecret(() => key.publicKey.export({ type: 'spki', format: 'pem' })),
        ),
    ],
    ['by another key', async () => await createTokens(await loadTokenKey(memorySettings(), {}), clock).sign(claims)],
    [
      'with a key of its own in the header',
      () => forge({ alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AA' } }, payload(), none),
    ],
    [
      'with a critical header that nobody knows',
      () => forge({ alg: 'EdDSA', crit: ['level'], level: 'admin' }, payload()),
    ],
    ['with an unencoded payload', () => forge({ alg: 'EdDSA', crit: ['b64'], b64: false }, payload())],
    [
      'with a changed payload',
      () => forge({ alg: 'EdDSA' }, payload()).replace(/\.[^.]+\./, `.${encode({ ...payload(), sub: 'root' })}.`),
    ],
    ['of another issuer', () => forge({ alg: 'EdDSA' }, { ...payload(), iss: 'cc-backend' })],
    ['of no issuer', () => forge({ alg: 'EdDSA' }, { ...payload(), iss: undefined })],
    ['whose end is no number', () => forge({ alg: 'EdDSA' }, { ...payload(), exp: 'never' })],
    ['without a revision', () => forge({ alg: 'EdDSA' }, { ...payload(), rev: undefined })],
    ['without a user', () => forge({ alg: 'EdDSA' }, { ...payload(), sub: undefined })],
    ['of a megabyte', () => 'e'.repeat(1 << 20)],
    ['of nothing', () => ''],
    ['of dots', () => '..'],
  ])('%s', async (_how, make) => {
    await expect(createTokens(key, clock).read(await make())).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'the token is not one of this server; sign in again',
    })
  })

  test('that is for later', async () => {
    const token = forge({ alg: 'EdDSA' }, { ...payload(), nbf: payload().iat + 60 })
    await expect(createTokens(key, clock).read(token)).rejects.toThrow('the token is not valid yet')
  })
})

describe('the key that signs', () => {
  test('is made once and kept', async () => {
    const settings = memorySettings()
    const first = await loadTokenKey(settings, {})
    expect((await loadTokenKey(settings, {})).privateKey.equals(first.privateKey)).toBe(true)
  })

  test("may be ClusterCockpit's, from its two variables", async () => {
    const settings = memorySettings()
    await loadTokenKey(settings, {})
    const JWT_PRIVATE_KEY = (await settings.get('auth.token-key'))!
    const JWT_PUBLIC_KEY = Buffer.from(JWT_PRIVATE_KEY, 'base64').subarray(32).toString('base64')
    const given = await loadTokenKey(memorySettings(), { JWT_PRIVATE_KEY, JWT_PUBLIC_KEY })
    expect(given.privateKey.equals((await loadTokenKey(settings, {})).privateKey)).toBe(true)
  })

  test.each([
    ['a public part alone', { JWT_PUBLIC_KEY: Buffer.alloc(32).toString('base64') }, 'set JWT_PRIVATE_KEY as well'],
    ['32 bytes', { JWT_PRIVATE_KEY: Buffer.alloc(32).toString('base64') }, 'the base64 text of 64 bytes'],
    ['parts of two pairs', { JWT_PRIVATE_KEY: Buffer.alloc(64, 1).toString('base64') }, 'do not belong together'],
  ])('is refused when the variables hold %s', async (_what, variables, sentence) => {
    await expect(loadTokenKey(memorySettings(), variables)).rejects.toThrow(sentence)
  })
})
