import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { lineReader } from '../../../src/executor/lines.ts'

test('lines come whole, however their bytes arrive', () => {
  const bytes = Buffer.from('{"a":"é"}\n\n{"b":2}\nrest')
  for (let cut = 0; cut <= bytes.length; cut++) {
    const lines: string[] = []
    const read = lineReader(100, (line) => lines.push(line))
    read(bytes.subarray(0, cut))
    read(bytes.subarray(cut))
    expect(lines).toEqual(['{"a":"é"}', '', '{"b":2}'])
  }
})

test('a line without an end is not gathered for ever', () => {
  const read = lineReader(10, () => {})
  read(Buffer.from('123456'))
  expect(() => read(Buffer.from('123456'))).toThrow(/longer than 10 bytes/)
})
