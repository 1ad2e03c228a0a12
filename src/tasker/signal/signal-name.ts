/** Signals as people write them: `TERM`, `SIGTERM`, `term`. */

import { constants } from 'node:os'
import { DomainError } from '../../base/errors.ts'

const NUMBERS: Readonly<Record<string, number>> = constants.signals
const NAMES = new Map(
  Object.entries(NUMBERS)
    .reverse()
    .map(([name, number]) => [number, name]),
)

/** The full name, `SIGTERM`. @throws invalid, naming the known ones */
export function readSignal(text: string): NodeJS.Signals {
  const name = text
    .trim()
    .toUpperCase()
    .replace(/^(?!SIG)/, 'SIG')
  if (NUMBERS[name] !== undefined) return name as NodeJS.Signals
  const known = Object.keys(NUMBERS).map((signal) => signal.slice(3))
  throw new DomainError('invalid', `unknown signal ${JSON.stringify(text)}; known are ${known.join(', ')}`)
}

export function signalNumber(name: NodeJS.Signals): number {
  return NUMBERS[name] ?? 0
}

/** `SIGTERM` for 15; a real-time signal by its number, `SIG40`. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `SIG${number}`
}
