/** The text of a client key: a prefix to find it by, a dot, a secret of which only the hash is kept (spec/hub.md 3.2). */

import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const PREFIX_LENGTH = 8
const SECRET_LENGTH = 32
const FORM = /^([A-Za-z0-9]{8})\.[A-Za-z0-9]{32}$/

export interface MadeKey {
  /** Shown once, kept nowhere. */
  text: string
  prefix: string
  hash: string
}

export function makeClientKey(): MadeKey {
  const prefix = draw(PREFIX_LENGTH)
  const text = `${prefix}.${draw(SECRET_LENGTH)}`
  return { text, prefix, hash: hashOf(text) }
}

/** Undefined for what has not the form of a key. */
export function prefixOf(text: string): string | undefined {
  return FORM.exec(text)?.[1]
}

export function matches(text: string, hash: string): boolean {
  const [made, kept] = [Buffer.from(hashOf(text)), Buffer.from(hash)]
  return made.length === kept.length && timingSafeEqual(made, kept)
}

/** As djangorestframework-api-key writes it. */
function hashOf(text: string): string {
  return `sha512$$${createHash('sha512').update(text).digest('hex')}`
}

function draw(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}
