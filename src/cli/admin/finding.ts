/** What `yardmaster doctor` finds out about one thing. */

export interface Finding {
  level: 'ok' | 'warn' | 'fail'
  /** What was looked at. */
  what: string
  /** What is so, and for all but `ok` what to do about it. */
  sentence: string
}

/** A check never throws: what it cannot look at is a finding too. */
export type Check = (dataDir: string) => Finding | Promise<Finding>

export function ok(what: string, sentence: string): Finding {
  return { level: 'ok', what, sentence }
}

export function warn(what: string, sentence: string): Finding {
  return { level: 'warn', what, sentence }
}

export function fail(what: string, sentence: string): Finding {
  return { level: 'fail', what, sentence }
}
