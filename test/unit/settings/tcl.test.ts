import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTcl } from '../../../src/settings/tcl.ts'

const words = (text: string) => readTcl(text).map((command) => command.words.map((word) => word.text))

describe('the words of a Tcl file', () => {
  test.each([
    ['set config(ssl.enable) 1', [['set', 'config(ssl.enable)', '1']]],
    ['set config(http.minSSLVersion) "TLSv1.2"', [['set', 'config(http.minSSLVersion)', 'TLSv1.2']]],
    [
      'set a {two words}; set b 2',
      [
        ['set', 'a', 'two words'],
        ['set', 'b', '2'],
      ],
    ],
    ['# a comment; set a 1\nset b 2 ;# another\n', [['set', 'b', '2']]],
    ['# a comment that goes on \\\n set a 1\nset b 2', [['set', 'b', '2']]],
    ['set a \\\n   1', [['set', 'a', '1']]],
    ['set a {x {y} z}', [['set', 'a', 'x {y} z']]],
    ['set a {back\\}slash}', [['set', 'a', 'back\\}slash']]],
    ['set a "tab\\tquote\\""', [['set', 'a', 'tab\tquote"']]],
    ['set a#b 1', [['set', 'a#b', '1']]],
    ['\r\nset a 1\r\n', [['set', 'a', '1']]],
    ['set a ""', [['set', 'a', '']]],
    ['', []],
  ])('%j', (text, expected) => expect(words(text)).toEqual(expected))

  test('a command knows the line that it begins on', () => {
    expect(readTcl('\n# one\nset a {\n\n}\n\nset b 1; set c 2').map(({ line }) => line)).toEqual([3, 7, 7])
  })

  test.each(['set a $b', 'set a [exec hostname -f; date]', 'set a "x$b"', 'foo {*}{a b}'])(
    '%j has a word that is not plain',
    (text) => {
      const [command, ...others] = readTcl(text)
      expect(others).toEqual([])
      expect(command!.words.some(({ plain }) => !plain)).toBe(true)
    },
  )

  test('braces protect what would be evaluated', () => {
    expect(readTcl('set a {$b [c]}')[0]!.words.at(-1)).toEqual({ text: '$b [c]', plain: true })
  })

  test.each([
    ['set a {x', 'an opening brace is never closed'],
    ['set a "x', 'an opening quote is never closed'],
    ['set a [x', 'an opening bracket is never closed'],
    ['set a {x}y', 'a closing brace or quote must be followed by a blank'],
  ])('%j is reported: %s', (text, problem) => expect(readTcl(text)[0]!.problem).toBe(problem))

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab "{}[]$\\\n;#('.split('')), maxLength: 60 }), (text) => {
        for (const { words: read, line } of readTcl(text)) expect(read.length * line).toBeGreaterThan(0)
      }),
    )
  })
})
