/**
 * What the reference's schema has no place for: attempt and milliseconds of a run of our own engine. Kept among its meta
 * data, which may be any texts.
 */

import Type, { type Static } from 'typebox'
import Value from 'typebox/value'

const KEY = 'yardmasterRun'

const OWN_RUN = Type.Object({ attempt: Type.Integer(), startedAt: Type.Integer(), durationMs: Type.Integer() })
export type OwnRun = Static<typeof OWN_RUN>

export function withOwnRun(metaData: Readonly<Record<string, string>> | null, run: OwnRun): Record<string, string> {
  const { attempt, startedAt, durationMs } = run
  return { ...metaData, [KEY]: JSON.stringify({ attempt, startedAt, durationMs }) }
}

/** The meta data without it, and what it says; undefined for a run of another scheduler. */
export function takeOwnRun(metaData: Readonly<Record<string, unknown>>): [Record<string, unknown>, OwnRun | undefined] {
  const { [KEY]: text, ...others } = metaData
  return [others, parse(text)]
}

function parse(text: unknown): OwnRun | undefined {
  try {
    const run: unknown = JSON.parse(String(text))
    return Value.Check(OWN_RUN, run) ? run : undefined
  } catch {
    return undefined
  }
}
