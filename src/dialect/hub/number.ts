/** Numbers in paths: what is none names nothing that there is. */

import { notFound } from './manners/refused.ts'

/** @throws Refused with 404 */
export function readId(text: string | undefined, model: string): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw notFound(model)
  return Number(text)
}
