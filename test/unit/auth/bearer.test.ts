import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { createBearer } from '../../../src/auth/bearer/bearer.ts'
import { createLevels } from '../../../src/auth/level.ts'
import { createTokens } from '../../../src/auth/token.ts'
import type { Verify } from '../../../src/auth/token-cache.ts'
import { loadTokenKey, type TokenKey } from '../../../src/auth/token-key.ts'
import type { UserStore } from '../../../src/store/store.ts'
import { HandClock } from '../../support/clock.ts'
import { encode, forge as forgeWith } from '../../support/forge.ts'
import { aUser, memorySettings, memoryUsers } from '../../support/memory-store.ts'

/** The pair of ClusterCockpit's configs/env-template.txt, with which its demo signs. */
const DEMO = {
  JWT_PUBLIC_KEY: 'kzfYrYy+TzpanWZHJ5qSdMj5uKUWgq74BWhQG6copP0=',
  JWT_PRIVATE_KEY: 'dtPC/6dWJFKZK7KZ78CvWuynylOmjBFyMsUWArwmodOTN9itjL5POlqdZkcnmpJ0yPm4pRaCrvgFaFAbpyik/Q==',
}
const HOUR_MS = 3_600_000
const HEADER = { alg: 'EdDSA', typ: 'JWT' }
const ALICE = aUser({ roles: ['manager', 'api'], projects: ['p1'], revision: 3 })

let clock: HandClock
let key: TokenKey
let users: UserStore
let verify: Verify
let validating: Verify

beforeEach(async () => {
  clock = new HandClock()
  key = await loadTokenKey(memorySettings(), DEMO)
  users = memoryUsers([ALICE])
  const parts = { users, key, levelFor: createLevels([]), clock }
  verify = createBearer({ ...parts, validateUser: false }).verify
  validating = createBearer({ ...parts, validateUser: true }).verify
})

const forge = (header: object, payload: object, signer?: (text: string) => Buffer) =>
  forgeWith(key, header, payload, signer)
/** As cc-backend's `-jwt` makes them. */
const foreign = (claims: object = {}) =>
  forge(HEADER, { sub: 'robot', roles: ['api'], iat: Math.floor(clock.now() / 1000), ...claims })
const seconds = (fromNow: number) => Math.floor(clock.now() / 1000) + fromNow

describe('a token that another program signed with the same pair', () => {
  test('needs neither an account nor an end, and says the roles itself', async () => {
    expect(await verify(foreign())).toEqual({ user: 'robot', level: 'user', roles: ['api'], projects: [] })
  })

  test('is read once, and then answered at once', async () => {
    const token = foreign()
    const caller = await verify(token)
    expect(verify(token)).toBe(caller)
  })

  test('ends with its time, also where it was known', async () => {
    const token = foreign({ exp: seconds(3600) })
    await verify(token)
    clock.turn(HOUR_MS + 6000)
    await expect(verify(token)).rejects.toThrow('token has invalid claims: token is expired')
  })

  test('brings projects, and of what it says only words count', async () => {
    const token = foreign({ roles: ['manager', 7, 'chief', 'manager'], projects: ['p1', 2, null, 'p2'] })
    expect(await verify(token)).toMatchObject({ roles: ['manager'], projects: ['p1', 'p2'] })
  })

  test.each([
    ['a role that nobody knows beside api', ['api', 'bogus'], []],
    ['a role that nobody knows beside others', ['api', 'user', 'bogus'], ['user', 'api']],
    ['a word instead of a list', 'admin', []],
    ['no roles', undefined, []],
  ])('with %s is worth the known ones, and never makes a program of a person', async (_what, roles, expected) => {
    expect((await verify(foreign({ roles }))).roles).toEqual(expected)
  })

  test('counts only for an account, with its roles and projects, where accounts decide', async () => {
    await expect(validating(foreign())).rejects.toThrow(/^unknown user$/)
    const token = foreign({ sub: 'alice', roles: ['admin'], projects: ['p7'] })
    expect(await validating(token)).toMatchObject({ user: 'alice', roles: ['manager', 'api'], projects: ['p1'] })
    await users.replace({ ...ALICE, roles: ['user'], projects: [] })
    expect(await validating(token)).toMatchObject({ roles: ['user'], projects: [] })
    await users.remove('alice')
    await expect(validating(token)).rejects.toThrow('unknown user')
  })

  test('whatever kid, jku and x5u say of keys', async () => {
    const header = { ...HEADER, kid: '../../dev/null', jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' }
    await expect(verify(forge(header, { sub: 'robot', roles: ['api'] }))).resolves.toMatchObject({ user: 'robot' })
  })
})

describe('a token of ours', () => {
  const ours = (roles = ['manager', 'api'], expiresAt = clock.now() + HOUR_MS) =>
    createTokens(key, clock).sign({ user: 'alice', roles: roles as [], revision: 3, expiresAt })

  test.each([['asked'], ['not asked']])('has the projects of its account, accounts %s', async (asked) => {
    const token = await ours()
    const caller = await (asked === 'asked' ? validating : verify)(token)
    expect(caller).toMatchObject({ user: 'alice', roles: ['manager', 'api'], projects: ['p1'] })
  })

  test('for fewer roles stays one for fewer, also where accounts decide', async () => {
    expect((await validating(await ours(['api']))).roles).toEqual(['api'])
  })

  test('sees a project at once that was given later', async () => {
    const token = await ours()
    await verify(token)
    await users.replace({ ...ALICE, projects: ['p1', 'p2'] })
    expect((await verify(token)).projects).toEqual(['p1', 'p2'])
  })

  test('without an end holds until its account changes', async () => {
    const token = await ours(['api'], Number.POSITIVE_INFINITY)
    await verify(token)
    clock.turn(20 * 365 * 24 * HOUR_MS)
    expect(await verify(token)).toMatchObject({ user: 'alice' })
    await users.replace({ ...ALICE, revision: 4 })
    await expect(verify(token)).rejects.toThrow('the account was changed')
  })
})

describe('is refused in the words of the original:', () => {
  const ONLY = 'token is unverifiable: error while executing keyfunc: only Ed25519/EdDSA supported'
  const SIGNATURE = 'token signature is invalid: ed25519: verification error'
  const payload = { sub: 'robot', roles: ['api'] }
  const raw = () => Buffer.from(DEMO.JWT_PUBLIC_KEY, 'base64')
  const hmac = (secret: () => string | Buffer) => (text: string) => createHmac('sha256', secret()).update(text).digest()
  const pem = () => key.publicKey.export({ type: 'spki', format: 'pem' })
  const ours = (claims: object) => forge(HEADER, { iss: 'yardmaster', sub: 'alice', roles: ['api'], rev: 3, ...claims })

  test.each<[string, () => string | Promise<string>, string]>([
    ['nothing', () => '', 'token is malformed: token contains an invalid number of segments'],
    ['a word', () => 'nonsense', 'token is malformed: token contains an invalid number of segments'],
    ['four parts', () => 'a.b.c.d', 'token is malformed: token contains an invalid number of segments'],
    ['dots', () => '..', 'token is malformed'],
    ['bad base64 in the header', () => `!!!${foreign()}`, 'token is malformed'],
    ['bad base64 in the signature', () => `${foreign()}!!!`, 'token is malformed'],
    ['claims that are no object', () => forge(HEADER, [1]), 'token is malformed'],
    ['a megabyte', () => `${'e'.repeat(1 << 20)}..`, 'token is malformed: it has more than 8192 characters'],
    ['an end in the past', () => foreign({ exp: seconds(-60) }), 'token has invalid claims: token is expired'],
    ['a beginning to come', () => foreign({ nbf: seconds(60) }), 'token has invalid claims: token is not valid yet'],
    ['an end that is no number', () => foreign({ exp: 'never' }), 'token has invalid claims: exp cannot be read'],
    ['no algorithm', () => forge({}, payload), ONLY],
    ['no signature', () => forge({ alg: 'none' }, payload, () => Buffer.alloc(0)), ONLY],
    ['no signature, in other letters', () => forge({ alg: 'NoNe' }, payload, () => Buffer.alloc(0)), ONLY],
    ['HS256 with the public key', () => forge({ alg: 'HS256' }, payload, hmac(raw)), ONLY],
    ['HS256 with the public key as PEM', () => forge({ alg: 'HS256' }, payload, hmac(pem)), ONLY],
    ['RS256', () => forge({ alg: 'RS256' }, payload), ONLY],
    ['an empty signature', () => forge(HEADER, payload, () => Buffer.alloc(0)), SIGNATURE],
    ['another key', async () => forgeWith(await loadTokenKey(memorySettings(), {}), HEADER, payload), SIGNATURE],
    ['a key of its own', () => forge({ ...HEADER, jwk: { kty: 'OKP' } }, payload, () => Buffer.alloc(64)), SIGNATURE],
    ['changed claims', () => foreign().replace(/\.[^.]+\./, `.${encode({ ...payload, sub: 'root' })}.`), SIGNATURE],
    ['a critical header', () => forge({ ...HEADER, crit: ['x'], x: 1 }, payload), 'token is unverifiable'],
    ['an unencoded payload', () => forge({ ...HEADER, crit: ['b64'], b64: false }, payload), 'token is malformed'],
    ['no subject', () => foreign({ sub: undefined }), "missing 'sub' claim in JWT"],
    ['an empty subject', () => foreign({ sub: '' }), "missing 'sub' claim in JWT"],
    ['a subject that is a number', () => foreign({ sub: 7 }), "missing 'sub' claim in JWT"],
    ['ours without a revision', () => ours({ rev: undefined }), 'it says it is of this server, and is not'],
    ['ours of an earlier revision', () => ours({ rev: 2 }), 'the account was changed since'],
    ['ours of nobody', () => ours({ sub: 'mallory' }), 'the account was changed since'],
    ['ours for another purpose', () => ours({ iss: 'yardmaster/session' }), 'made for another purpose'],
  ])('%s', async (_what, make, sentence) => {
    for (const one of [verify, validating]) {
      const refusal = { code: 'unauthenticated', message: expect.stringContaining(sentence) }
      await expect(one(await make())).rejects.toMatchObject(refusal)
    }
  })

  test('whatever text it is, and never by another error', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.')),
    )
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        await expect(verify(token)).rejects.toMatchObject({ code: 'unauthenticated' })
      }),
    )
  })

  test('any claims whatever, signed right, are a caller or a refusal', async () => {
    const claims = fc.dictionary(
      fc.constantFrom('sub', 'roles', 'iss', 'exp', 'nbf', 'iat', 'projects', 'rev', 'aud'),
      fc.jsonValue(),
    )
    await fc.assert(
      fc.asyncProperty(claims, async (some) => {
        const outcome = await Promise.resolve(verify(forge(HEADER, some))).catch((error) => error)
        expect(outcome.code === 'unauthenticated' || typeof outcome.user === 'string').toBe(true)
      }),
    )
  })
})
