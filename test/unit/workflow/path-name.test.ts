import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOfPath, textOfPath } from '../../../src/workflow/path-name.ts'

test('every name of bytes has a text from which the bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect([...bytesOfPath(textOfPath(bytes))]).toEqual([...bytes])
    }),
  )
})

test('a name that is UTF-8 is its own text, whatever characters it has', () => {
  for (const name of ['/a b\n%', '/ü/日本/🚂', '/\u{10ffff}']) {
    expect(textOfPath(Buffer.from(name))).toBe(name)
    expect(bytesOfPath(name).toString()).toBe(name)
  }
})

test('a byte that is no UTF-8 stands as one character', () => {
  expect(textOfPath(Buffer.from([0x2f, 0xff, 0x61]))).toBe('/\udcffa')
})
