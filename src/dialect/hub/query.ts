/** The parameters of a URL, as Django's filters read them; unknown ones are passed over. */

import { notAChoice, Refused, withField } from './manners/refused.ts'
import { readTime } from './manners/time.ts'

/** As Fastify reads them: a list where a name stands more than once. */
export type Query = Readonly<Record<string, string | readonly string[]>>

const MOST_VALUES = 100

/** The last value, as Django takes it; undefined where it is absent or empty. */
export function firstOf(query: Query, name: string): string | undefined {
  return valuesOf(query, name).at(-1)
}

/** Every value of a parameter, repeated or separated by commas; none where it is absent. @throws Refused naming it */
export function wordsOf(query: Query, ...names: readonly string[]): string[] {
  const words = names.flatMap((name) => valuesOf(query, name).flatMap((value) => value.split(',')))
  if (words.some((word) => word.includes('\0'))) throw withField(names[0]!, 'Null characters are not allowed.')
  return words
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .slice(0, MOST_VALUES)
}

/** What each of `readers` reads; what they refuse is said together, as a set of filters does. @throws Refused */
export function readAll<Readers extends Readonly<Record<string, () => unknown>>>(readers: Readers) {
  const wrong: Record<string, unknown> = {}
  const entries = Object.entries(readers).map(([key, read]) => {
    try {
      return [key, read()]
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      Object.assign(wrong, error.body)
      return [key, undefined]
    }
  })
  if (Object.keys(wrong).length > 0) throw new Refused(400, wrong)
  return Object.fromEntries(entries) as { [Key in keyof Readers]: ReturnType<Readers[Key]> }
}

function valuesOf(query: Query, name: string): readonly string[] {
  const value = query[name]
  const values = value === undefined ? [] : typeof value === 'string' ? [value] : value
  return values.filter((each) => each !== '')
}

/** @throws Refused naming the parameter */
export function numbersOf(query: Query, name: string): number[] {
  return wordsOf(query, name).map((word) => {
    if (!/^[-+]?\d{1,15}(?:\.\d{0,15})?$/.test(word)) throw withField(name, 'Enter a number.')
    return Number(word)
  })
}

/** @throws Refused naming the parameter */
export function choicesOf<Choice>(query: Query, name: string, read: (word: string) => Choice | undefined): Choice[] {
  return wordsOf(query, name).map((word) => {
    const choice = read(word)
    if (choice === undefined) throw notAChoice(name, word.slice(0, 100))
    return choice
  })
}

/** @throws Refused naming the parameter */
export function timeOf(query: Query, name: string): number | undefined {
  const text = firstOf(query, name)
  if (text === undefined) return undefined
  const at = readTime(text)
  if (at === undefined) throw withField(name, 'Enter a valid date/time.')
  return at
}

/** Absent, or neither of the words that mean something: undefined. */
export function flagOf(query: Query, name: string): boolean | undefined {
  const word = firstOf(query, name)?.toLowerCase()
  if (word === 'true' || word === '1' || word === 'yes') return true
  return word === 'false' || word === '0' || word === 'no' ? false : undefined
}
