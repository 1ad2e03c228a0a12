/**
 * Many hosts in one line: `login,emmy[01-99],cn-00[13-18,22-24]`, or `*` for any host (cc-backend pkg/archive/nodelist.go).
 * The digits of a range fix the width: `[01-99]` has `01` and not `1`. Lists are matched and counted, not expanded.
 */

import { DomainError } from '../../base/errors.ts'

interface Range {
  first: number
  last: number
  digits: number
}

/** Text, and between the texts numbers in brackets. */
type Part = string | readonly Range[]
type Term = readonly Part[]

/** `*` matches every host and stands for no number of them. */
export type HostList = '*' | readonly Term[]

const MOST_CHARACTERS = 100_000
/** Each one multiplies the ways in which a name can be read. */
const MOST_BRACKETS = 4
const MOST_DIGITS = 9

const TEXT = /^[A-Za-z0-9._-]+/
const RANGE = /^([0-9]+)(?:-([0-9]+))?$/

/** @throws invalid, naming the place and what to write there */
export function parseHostList(text: string): HostList {
  if (text.length > MOST_CHARACTERS) throw refusal(`a list has at most ${MOST_CHARACTERS} characters`)
  if (text.trim() === '*') return '*'
  return splitTerms(text).map(parseTerm)
}

/** At the commas that stand outside of brackets; none for an empty list. */
function splitTerms(text: string): string[] {
  if (text.trim() === '') return []
  const terms: string[] = []
  let from = 0
  let inside = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[') inside = true
    else if (text[at] === ']') inside = false
    else if (text[at] === ',' && !inside) {
      terms.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  return [...terms, text.slice(from).trim()]
}

function parseTerm(term: string): Term {
  const parts: Part[] = []
  let rest = term
  while (rest !== '') {
    const [taken, part] = rest.startsWith('[') ? takeRanges(rest, term) : takeText(rest, term)
    parts.push(part)
    rest = rest.slice(taken)
  }
  if (parts.length === 0) throw refusal('there is nothing between two commas; take one away')
  if (parts.filter((part) => typeof part !== 'string').length > MOST_BRACKETS)
    throw refusal(`${quote(term)} has more than ${MOST_BRACKETS} brackets; write several names with commas between`)
  return parts
}

function takeText(rest: string, term: string): [number, string] {
  const [text] = TEXT.exec(rest) ?? []
  if (text) return [text.length, text]
  throw refusal(`${quote(term)} has ${quote(rest.slice(0, 1))}; names have letters, digits and . _ -`)
}

function takeRanges(rest: string, term: string): [number, Range[]] {
  const end = rest.indexOf(']')
  if (end < 0) throw refusal(`${quote(term)} has a "[" without "]"`)
  return [
    end + 1,
    rest
      .slice(1, end)
      .split(',')
      .map((range) => parseRange(range.trim(), term)),
  ]
}

function parseRange(range: string, term: string): Range {
  const [, first, last = first] = RANGE.exec(range) ?? []
  if (first === undefined || last === undefined)
    throw refusal(`${quote(term)} has ${quote(range)} in brackets; write two numbers such as 01-99`)
  if (first.length !== last.length)
    throw refusal(
      `${quote(term)}: ${first} and ${last} differ in width; write ${first.padStart(last.length, '0')}-${last}`,
    )
  if (first.length > MOST_DIGITS) throw refusal(`${quote(term)}: numbers have at most ${MOST_DIGITS} digits`)
  if (first > last) throw refusal(`${quote(term)}: ${first} comes after ${last}; write ${last}-${first}`)
  return { first: Number(first), last: Number(last), digits: first.length }
}

export function matchesHost(list: HostList, hostname: string): boolean {
  return list === '*' || list.some((term) => matchesParts(term, 0, hostname))
}

function matchesParts(term: Term, index: number, rest: string): boolean {
  const part = term[index]
  if (part === undefined) return rest === ''
  if (typeof part === 'string') return rest.startsWith(part) && matchesParts(term, index + 1, rest.slice(part.length))
  return widthsOf(part, rest).some((digits) => matchesParts(term, index + 1, rest.slice(digits)))
}

/** How many characters the numbers in brackets can take from here, each way once. */
function widthsOf(ranges: readonly Range[], rest: string): number[] {
  const fitting = ranges.filter(({ first, last, digits }) => {
    const number = rest.slice(0, digits)
    return number.length === digits && /^[0-9]+$/.test(number) && first <= Number(number) && Number(number) <= last
  })
  return [...new Set(fitting.map(({ digits }) => digits))]
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function refusal(reason: string): DomainError {
  return new DomainError('invalid', `the host list cannot be read: ${reason}`)
}
