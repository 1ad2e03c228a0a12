/** A workflow's definition in a file, JSON or YAML. What is in it the hub judges. */

import { readFile } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { messageOf } from '../../base/errors.ts'
import { UserError } from '../failure.ts'

export type DefinitionText = Record<string, unknown>

/** `-` is standard input. @throws UserError for a file that cannot be read, or holds no single workflow */
export async function readDefinitionFile(file: string): Promise<DefinitionText> {
  const text = file === '-' ? await textOf(process.stdin) : await read(file)
  return parseDefinition(text, file === '-' ? 'standard input' : file)
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UserError(`the file ${file} cannot be read: ${messageOf(error)}`)
  }
}

/** Of text that is JSON or YAML; `where` begins the complaint. @throws UserError */
export async function parseDefinition(text: string, where: string): Promise<DefinitionText> {
  const value = await parse(text, where)
  if (Array.isArray(value)) throw new UserError(`${where} holds a list; write each workflow into a file of its own`)
  if (typeof value === 'object' && value !== null) return value as DefinitionText
  throw new UserError(`${where} holds no workflow; it should have keys such as name, label and filter_rules`)
}

async function parse(text: string, where: string): Promise<unknown> {
  try {
    // Nearly all JSON is YAML too, but its complaints about JSON are the better ones.
    if (/^\s*[{[]/.test(text)) return JSON.parse(text)
    const { parseYaml } = await import('../../base/yaml.ts')
    return parseYaml(text)
  } catch (error) {
    throw new UserError(`${where}: ${messageOf(error)}`)
  }
}

/** Keys without which nothing can be created (spec/hub.md 4.1). */
const REQUIRED = ['name', 'label', 'icon_classes', 'filter_rules', 'fields']

/** Whether it can take the place of what is there, or changes some of it. */
export function isWhole(definition: DefinitionText): boolean {
  return REQUIRED.every((key) => Object.hasOwn(definition, key))
}
