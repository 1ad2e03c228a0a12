/** The name that a person binds with, and what the directory says to it. */

import {
  ConstraintViolationError,
  InappropriateAuthError,
  InvalidCredentialsError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
  UnwillingToPerformError,
} from 'ldapts'

/** Said of a name or password that is wrong, or an account that is locked (389 Directory Server: unwilling). */
const REFUSALS = [
  ConstraintViolationError,
  InappropriateAuthError,
  InvalidCredentialsError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
  UnwillingToPerformError,
]

/** `template` with the name in it as a value of a DN, so that it can be nothing more (RFC 4514, 2.4). */
export function nameFor(template: string, username: string): string {
  return template.replaceAll('{username}', () => escapeValue(username))
}

export function isRefusal(error: unknown): boolean {
  return REFUSALS.some((Refusal) => error instanceof Refusal)
}

/** Every character that could mean something, by its bytes. */
function escapeValue(value: string): string {
  const escaped = value.replaceAll(/[\\,+"<>;=\0\r\n]/g, hexOf)
  return escaped.replace(/^[ #]/, hexOf).replace(/ $/, hexOf)
}

function hexOf(character: string): string {
  return `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
