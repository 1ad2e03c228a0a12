import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHasher } from '../../../../src/workflow/mover/file/hash.ts'

/** Of nothing and of "abc", as the algorithms' own publications have them. */
const KNOWN = {
  xxh3: ['99aa06d3014798d86001c324468d497f', '06b05ab6733a618578af5f94892f3950'],
  blake3: [
    'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
    '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85',
  ],
  sha256: [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ],
} as const
const hasPackage = existsSync(join(import.meta.dirname, '../../../../node_modules/hash-wasm'))

describe.each(['xxh3', 'blake3', 'sha256'] as const)('%s', (algorithm) => {
  test.skipIf(algorithm !== 'sha256' && !hasPackage)('hashes in pieces as at once, several at a time', async () => {
    const [one, other] = await Promise.all([createHasher(algorithm), createHasher(algorithm)])
    one.update(Buffer.from('a'))
    other.update(Buffer.alloc(0))
    one.update(Buffer.from('bc'))
    const values = [other.digest(), one.digest()]
    expect(values).toEqual(KNOWN[algorithm])
    const again = await createHasher(algorithm)
    again.update(Buffer.from('abc'))
    expect(again.digest()).toBe(KNOWN[algorithm][1])
  })
})
