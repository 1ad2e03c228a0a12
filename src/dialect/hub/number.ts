/** Numbers in paths: what is none names nothing that there is. */

import { notFound } from './manners/refused.ts'

/** As Django reads it: what could be a number is looked for, and missed by its model's name. @throws Refused with 404 */
export function readId(text: string | undefined, model: string): number {
  if (text === undefined || !/^\s*[-+]?\d+\s*$/.test(text)) throw notFound()
  const id = Number(text)
  if (!Number.isSafeInteger(id)) throw notFound(model)
  return id
}
