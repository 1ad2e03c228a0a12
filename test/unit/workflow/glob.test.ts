import { expect, test } from 'vitest'
import { globOf } from '../../../src/workflow/glob.ts'

test.each([
  ['*.jpg', '/data/a.jpg', true],
  ['*.jpg', '/data/a.jpg.tmp', false],
  ['*.{jpg,png}', '/data/a.png', true],
  ['*.{jpg,png}', '/data/a.gif', false],
  ['/data/*', '/data/a', true],
  ['/data/*', '/data/a/b', false],
  ['/data/**', '/data/a/b', true],
  ['/data/**/b', '/data/b', true],
  ['/data/**/b', '/data/x/y/b', true],
  ['a?c', '/x/abc', true],
  ['a?c', '/x/a/c', false],
  ['[a-c]x', '/bx', true],
  ['[!a-c]x', '/bx', false],
  ['[!a-c]x', '/dx', true],
  ['a.c', '/abc', false],
  ['{a', '/{a', true],
  ['*', '/with\nnewline', true],
])('the glob %s on %j is %s', (glob, path, matches) => {
  expect(globOf(glob)(path)).toBe(matches)
})

test('a glob made to take for ever does not', () => {
  expect(globOf(`${'*a'.repeat(200)}b`)(`/${'a'.repeat(5000)}`)).toBe(false)
})

test('a glob of more than a thousand characters is refused', () => {
  expect(() => globOf('a'.repeat(1001))).toThrow('at most 1000')
})
