/** One of the original's Tcl files, command by command; what is not understood becomes a complaint, never a failure. */

import { messageOf } from '../base/errors.ts'
import { readTcl, type TclCommand } from './tcl.ts'

export interface TclFile {
  /** As it shall stand in complaints. */
  name: string
  text: string
}

export interface Understood<Meaning> {
  meanings: Meaning[]
  /** Sentences that begin with `file:line:`. */
  complaints: string[]
}

/** What a command's words mean, or the sentence that says why they mean nothing here. @throws a sentence that begins with `origin` */
export type Reader<Meaning extends object> = (words: string[], origin: string) => Meaning | string

export function understand<Meaning extends object>(file: TclFile, read: Reader<Meaning>): Understood<Meaning> {
  const result: Understood<Meaning> = { meanings: [], complaints: [] }
  for (const command of readTcl(file.text)) {
    const origin = `${file.name}:${command.line}`
    try {
      const words = command.words.map((word) => word.text)
      const meaning = obstacleOf(command) ?? read(words, origin)
      if (typeof meaning === 'string') result.complaints.push(`${origin}: ${meaning}`)
      else result.meanings.push(meaning)
    } catch (error) {
      result.complaints.push(`${messageOf(error)}; until then the line has no effect`)
    }
  }
  return result
}

/** A file of which nothing is used yet: every command is a complaint. */
export function readUnused(file: TclFile): Understood<never> {
  return understand<never>(file, ([command]) => notUnderstood(command))
}

export function notUnderstood(command: string | undefined): string {
  return `${JSON.stringify(command)} is not understood here and has no effect`
}

function obstacleOf({ words, problem }: TclCommand): string | undefined {
  if (problem !== undefined) return `${problem}; the command has no effect`
  const evaluated = words.find((word) => !word.plain)
  if (!evaluated) return undefined
  return `${JSON.stringify(evaluated.text)} would have to be evaluated, which does not happen here; write the value itself`
}
