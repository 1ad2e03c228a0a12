/** An entry of a directory, as the person that an account is made of. */

import type { Entry } from 'ldapts'
import { isUserName } from '../accounts.ts'

export interface Person {
  /** As the directory writes it, however the person typed it: one person, one account. */
  username: string
  fullName: string
  email: string
}

export interface Reading {
  uidAttr: string
  nameAttr: string
  /** The name that was looked for; of several names of an entry, that one. */
  asked?: string | undefined
}

const LONGEST_TEXT = 200

/** Undefined for an entry whose name cannot be an account's. */
export function readPerson(entry: Entry, { uidAttr, nameAttr, asked }: Reading): Person | undefined {
  const names = textsOf(entry, uidAttr)
  const username = names.find((name) => name.toLowerCase() === asked?.toLowerCase()) ?? names[0]
  if (username === undefined || !isUserName(username)) return undefined
  const [name = ''] = textsOf(entry, nameAttr)
  // Of gecos only the first field is the name: "Ada Lovelace,Room 1,…".
  const fullName = nameAttr.toLowerCase() === 'gecos' ? name.split(',')[0]! : name
  const [email = ''] = textsOf(entry, 'mail')
  return { username, fullName: tidy(fullName), email: tidy(email) }
}

/** A server may write an attribute's name in other letters than it was asked with. */
function textsOf(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase())
  const value = key === undefined ? [] : entry[key]!
  return [value].flat().map(String)
}

function tidy(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, LONGEST_TEXT)
}
