/** Hashes by the names that a site may set. XXH3 has 128 bits here. */

import { createHash } from 'node:crypto'
import { DomainError } from '../../../base/errors.ts'

export interface Hasher {
  update(bytes: Uint8Array): unknown
  /** In hex; the hasher is of no more use. */
  digest(): string
}

const ALGORITHMS = ['xxh3', 'blake3', 'sha256'] as const
export type HashAlgorithm = (typeof ALGORITHMS)[number]

export function isHashAlgorithm(name: string): name is HashAlgorithm {
  return ALGORITHMS.some((one) => one === name)
}

interface Machine {
  init(): unknown
  update(bytes: Uint8Array): unknown
  digest(): string
}

/** Making one takes longer than hashing a small file; each is lent to one file at a time. */
const idle: Record<'xxh3' | 'blake3', Machine[]> = { xxh3: [], blake3: [] }

export async function createHasher(algorithm: HashAlgorithm): Promise<Hasher> {
  if (algorithm === 'sha256') {
    const hash = createHash('sha256')
    return { update: (bytes) => hash.update(bytes), digest: () => hash.digest('hex') }
  }
  const machine = idle[algorithm].pop() ?? (await makeMachine(algorithm))
  machine.init()
  return {
    update: (bytes) => machine.update(bytes),
    digest() {
      const value = machine.digest()
      idle[algorithm].push(machine)
      return value
    },
  }
}

async function makeMachine(algorithm: 'xxh3' | 'blake3'): Promise<Machine> {
  try {
    // WebAssembly, of which sites that hash by sha256 need nothing.
    const { createBLAKE3, createXXHash128 } = await import('hash-wasm')
    return algorithm === 'xxh3' ? await createXXHash128() : await createBLAKE3()
  } catch (error) {
    const message = `${algorithm} needs the package hash-wasm: install it, or set hash = "sha256" for the site`
    throw new DomainError('unavailable', message, {}, error)
  }
}
