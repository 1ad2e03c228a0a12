/** The Ed25519 pair that signs tokens: made at first start and kept, or given by the environment. */

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { DomainError } from '../base/errors.ts'
import type { SettingStore } from '../store/store.ts'

export interface TokenKey {
  privateKey: KeyObject
  publicKey: KeyObject
}

/** ClusterCockpit's variables: raw keys in base64, 64 bytes (seed and public part) and 32 bytes. */
export interface TokenKeyVariables {
  JWT_PRIVATE_KEY?: string | undefined
  JWT_PUBLIC_KEY?: string | undefined
}

const SETTING = 'auth.token-key'

/** @throws invalid for variables that hold no pair, unavailable when a made one cannot be kept */
export async function loadTokenKey(settings: SettingStore, variables: TokenKeyVariables): Promise<TokenKey> {
  const { JWT_PRIVATE_KEY: given, JWT_PUBLIC_KEY: expected } = variables
  if (given) return readKey(given, expected)
  if (expected) throw new DomainError('invalid', 'JWT_PUBLIC_KEY alone cannot sign tokens: set JWT_PRIVATE_KEY as well')
  const kept = await settings.get(SETTING)
  if (kept !== undefined) return readKey(kept)
  await settings.put(SETTING, makeKey())
  // Read again, for another server on the same database may have put its own at the same moment.
  return readKey((await settings.get(SETTING))!)
}

/** `seed ‖ public` in base64, as both the variable and the store have it. */
function makeKey(): string {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return Buffer.concat([Buffer.from(d!, 'base64url'), Buffer.from(x!, 'base64url')]).toString('base64')
}

function readKey(text: string, expectedPublic?: string): TokenKey {
  const raw = Buffer.from(text, 'base64')
  if (raw.length !== 64)
    throw new DomainError(
      'invalid',
      'JWT_PRIVATE_KEY must be the base64 text of 64 bytes: an Ed25519 seed and its public key',
    )
  const [d, x] = [raw.subarray(0, 32).toString('base64url'), raw.subarray(32).toString('base64url')]
  const privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })
  const publicKey = createPublicKey(privateKey)
  const made = publicKey.export({ format: 'jwk' }).x
  const stated = expectedPublic === undefined ? x : Buffer.from(expectedPublic, 'base64').toString('base64url')
  if (made !== x || made !== stated)
    throw new DomainError('invalid', 'JWT_PRIVATE_KEY and JWT_PUBLIC_KEY do not belong together: set both to one pair')
  return { privateKey, publicKey }
}
