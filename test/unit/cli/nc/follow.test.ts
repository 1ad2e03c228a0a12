import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { followLog } from '../../../../src/cli/nc/watch/follow.ts'

let folder: string
let log: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follow-'))
  log = join(folder, 'log')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Follows into a text; `seen` settles once the text holds what is waited for. */
function follow() {
  const over = new AbortController()
  let text = ''
  let check: () => void = () => undefined
  const done = followLog(log, {
    ended: over.signal,
    async write(bytes) {
      text += Buffer.from(bytes).toString()
      check()
    },
  })
  const seen = (wanted: string) =>
    new Promise<void>((resolve) => {
      check = () => text.includes(wanted) && resolve()
      check()
    })
  return { done, seen, end: () => over.abort(), text: () => text }
}

test('what is there and what comes later is shown, in order', async () => {
  writeFileSync(log, 'one\n')
  const following = follow()
  await following.seen('one')
  appendFileSync(log, 'two\n')
  await following.seen('two')
  appendFileSync(log, 'three\n')
  following.end()
  expect(await following.done).toBe(true)
  expect(following.text()).toBe('one\ntwo\nthree\n')
})

test('a log that appears late is shown', async () => {
  const following = follow()
  writeFileSync(log, 'late\n')
  await following.seen('late')
  following.end()
  expect(await following.done).toBe(true)
})

test('a log that was emptied is shown from its beginning', async () => {
  writeFileSync(log, 'first run\n')
  const following = follow()
  await following.seen('first run')
  writeFileSync(log, 'again\n')
  await following.seen('again')
  following.end()
  await following.done
  expect(following.text()).toBe('first run\nagain\n')
})

test('that there was no log is told', async () => {
  const following = follow()
  following.end()
  expect(await following.done).toBe(false)
})
