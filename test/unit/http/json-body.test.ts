import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DomainError } from '../../../src/base/errors.ts'
import { complainAboutJson } from '../../../src/http/json-body.ts'

const HINT = 'pairs are separated by commas, texts stand in double quotes'

test.each([
  ['{"a": 1,}', 'remove the comma before } (at position 7)'],
  ['[1, 2, ]', 'remove the comma before ] (at position 5)'],
  ['{"a": 1', 'it ends too early, at position 7; a bracket or quote is not closed'],
  ['{"a": "1', 'it ends too early, at position 8; a bracket or quote is not closed'],
  ['{"a": True}', 'write true instead of True at position 6'],
  ['[None]', 'write null instead of None at position 1'],
  ["{'a': 1}", 'write double quotes instead of single ones (at position 1)'],
  ['{a: 1}', `unexpected character at position 1; ${HINT}`],
  ['{"a": 1 "b": 2}', `unexpected " at position 8; ${HINT}`],
  ['{"a": 1}}', `unexpected } at position 8; ${HINT}`],
  ['nonsense', `unexpected character at position 1; ${HINT}`],
  [`${' '.repeat(70_000)}nonsense`, 'keys and texts stand in double quotes, pairs are separated by commas'],
])('%#: the body is not JSON: …', (text, complaint) => {
  expect(() => complainAboutJson(text)).toThrow(`the body is not JSON: ${complaint}`)
})

test('JSON that a strict parser refuses has a forbidden key', () => {
  expect(() => complainAboutJson('{"__proto__": 1}')).toThrow('leave it out')
})

test('no complaint repeats what may be a password', () => {
  const secret = fc.string({ minLength: 6 })
  fc.assert(
    fc.property(secret, (password) => {
      try {
        complainAboutJson(`{"username": "u", "password": "${password}" x`)
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError)
        if (!/^[\w ]*$/.test(password)) expect((error as Error).message).not.toContain(password)
      }
    }),
  )
})
