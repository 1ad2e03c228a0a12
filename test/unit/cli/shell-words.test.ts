import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandOf } from '../../../src/cli/shell-words.ts'

test('one word is a command line already', () => {
  expect(commandOf(['a | b > c'])).toBe('a | b > c')
})

test('plain words are joined as they are', () => {
  expect(commandOf(['sleep', '123'])).toBe('sleep 123')
})

test('a word that a shell would take apart is quoted', () => {
  expect(commandOf(['echo', 'a b', "it's", '$HOME', ''])).toBe(`echo 'a b' 'it'\\''s' '$HOME' ''`)
})

test('a shell reads the same words again', () => {
  const word = fc.string({ unit: 'binary-ascii' }).filter((text) => !text.includes('\0'))
  const property = fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
    const command = commandOf(['printf', '%s\\0', ...words])
    expect(execFileSync('/bin/sh', ['-c', command]).toString()).toBe(`${words.join('\0')}\0`)
  })
  fc.assert(property, { numRuns: 30 })
})
