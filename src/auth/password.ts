/** Passwords of accounts that the server keeps itself, as argon2id hashes. */

import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { DomainError } from '../base/errors.ts'

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane; about 30 ms a time. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const SHORTEST = 8
/** Longer texts are no passwords but a way to keep the server busy. */
export const LONGEST_PASSWORD = 1024
/** Without the letters and digits that are read for one another. */
const LEGIBLE = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export interface Passwords {
  hash(password: string): Promise<string>
  /** Whether `password` belongs to `encoded`; with null it costs the same and is false. */
  verify(encoded: string | null, password: string): Promise<boolean>
}

export function createPasswords(): Passwords {
  let decoy: Promise<string> | undefined
  return {
    hash: (password) => hash(password, COST),
    async verify(encoded, password) {
      decoy ??= hash(makePassword(), COST)
      const matches = await verify(encoded ?? (await decoy), password.slice(0, LONGEST_PASSWORD))
      return matches && encoded !== null && password.length <= LONGEST_PASSWORD
    },
  }
}

/** @throws invalid for what is too short to be safe, or cannot be typed */
export function checkNewPassword(password: string): void {
  if (password.length >= SHORTEST && password.length <= LONGEST_PASSWORD && !password.includes('\0')) return
  throw new DomainError('invalid', `a password has from ${SHORTEST} to ${LONGEST_PASSWORD} characters; choose another`)
}

/** A password nobody could guess, of letters and digits that can be read aloud: 20 of 54, 115 bits. */
export function makePassword(): string {
  return Array.from({ length: 20 }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join('')
}
