import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDomainError } from '../../../src/base/errors.ts'
import { KeyTable } from '../../../src/metric/line/key-table.ts'
import type { LineKey } from '../../../src/metric/line/line-key.ts'
import { LineParser, LONGEST_LINE_BYTES } from '../../../src/metric/line-protocol.ts'

const NOW = 1_795_238_185_000
const NO_LIMIT = 1 << 20

interface Outcome {
  values: [key: string, at: number, value: number][]
  refused: string | null
}

/** Metrics that begin with `x` are not known. */
function known({ measurement, tags }: LineKey): string | null {
  const places = [...tags].map(([name, value]) => `${name}=${value}`)
  return measurement.startsWith('x') ? null : [measurement, ...places].join('|')
}

/** What `pieces` lead to; anything that is not a refusal is a bug, and thrown. */
function parse(pieces: readonly Buffer[], keys = new KeyTable(known, NO_LIMIT)): Outcome {
  const values: Outcome['values'] = []
  const parser = new LineParser({ keys, accept: (key, at, value) => values.push([key, at, value]) })
  try {
    for (const piece of pieces) parser.push(Buffer.from(piece), NOW)
    parser.end(NOW)
    return { values, refused: null }
  } catch (error) {
    if (!isDomainError(error, 'invalid')) throw error
    return { values, refused: error.message }
  }
}

const parsed = (text: string) => parse([Buffer.from(text)])
const valuesOf = (text: string) => parsed(text).values.map(([, , value]) => value)
const refusalOf = (text: string) => parsed(text).refused

describe('a line', () => {
  test('has a key, a value and a time in seconds, as collectors write it', () => {
    expect(parsed('load_one,cluster=testcluster,hostname=vm,type=node value=1.14 1795238185\n')).toEqual({
      values: [['load_one|cluster=testcluster|hostname=vm|type=node', NOW, 1.14]],
      refused: null,
    })
  })

  test('may lack tags, time and, at the end, its newline; may end in a carriage return', () => {
    expect(parsed('a value=1\r\na value=2 1795238000\r\na value=3').values).toEqual([
      ['a', NOW, 1],
      ['a', 1_795_238_000_000, 2],
      ['a', NOW, 3],
    ])
  })

  test('may hold escapes in its names, more blanks than it needs, and one field twice, of which the last counts', () => {
    expect(parsed(' a\\ b,h\\=\\,=c\\\\d\\ e  value=1,value=2  1795238185 \n').values).toEqual([
      ['a b|h=,=c\\\\d e', NOW, 2],
    ])
  })

  test('is passed over when it is empty, a comment, without fields, garbage, or of an unknown metric', () => {
    const lines = [
      '',
      '# value=1',
      'a',
      'a,h=1',
      'a,h=1 ',
      'just some words',
      ',h=1',
      '"a"',
      'xunknown text="with a \\" quote,\nand a line a value=9",other=t 5',
      'x,h=1 usage_idle=1,usage=2i 1795238185000000000',
    ]
    expect(parsed(`a value=1\n${lines.join('\n')}\na value=2\n`).values.map(([, , value]) => value)).toEqual([1, 2])
  })

  test('of another field, a text, a truth or no number is refused with host and reason', () => {
    expect(refusalOf('a,host=host123 val=3')).toBe("host host123: unknown field: 'val' (value: 3)")
    expect(refusalOf('a,hostname=h value=1,foo=2i')).toBe("host h: unknown field: 'foo' (value: 2i)")
    expect(refusalOf('a,host=h value="x y"')).toBe('host h: unsupported value type in message: string')
    expect(refusalOf('a,host=h value=true')).toBe('host h: unsupported value type in message: bool')
    for (const value of [
      '',
      'NaN',
      'Inf',
      '1e999',
      '0x10',
      '1_0',
      '-',
      '.',
      '1e',
      '-4u',
      '1.5i',
      '--1',
      '1 2 3',
      '1 x',
    ])
      expect(refusalOf(`a,host=h value=${value}`), value).toContain('host h: cannot read the')
  })

  test(`is refused when it is longer than ${LONGEST_LINE_BYTES} bytes, however it comes`, () => {
    const fits = (length: number) => `a value=1${' '.repeat(length - 9)}`
    expect(refusalOf(`${fits(LONGEST_LINE_BYTES)}\n`)).toBe(null)
    expect(valuesOf(`a,t=${'b'.repeat(40_000)} value=3\n`)).toEqual([3])
    for (const text of [
      fits(LONGEST_LINE_BYTES + 1),
      `x b="${'\n'.repeat(70_000)}"`,
      `a${'b'.repeat(70_000)} value=1`,
    ]) {
      expect(refusalOf(`${text}\n`)).toContain('is longer than 65536 bytes')
      expect(refusalOf(text)).toContain('is longer than 65536 bytes')
    }
  })

  test('with a quoted text that never ends is refused, since it may have swallowed others', () => {
    expect(refusalOf('x a="b\na value=1\n')).toContain('a quoted text has no end')
  })
})

describe('a time', () => {
  test('is in seconds, milliseconds, microseconds or nanoseconds, as its size says', () => {
    for (const zeros of ['', '000', '000000', '000000000'])
      expect(parsed(`a value=1 1795238185${zeros}`).values[0]![1]).toBe(NOW)
    expect(parsed('a value=1 -5').values[0]![1]).toBe(-5000)
  })
})

describe('a number', () => {
  test('is the nearest double, whatever form it has', () => {
    const forms = [
      '0.5000409493534245',
      '2.066432e+06',
      '1E-7',
      '.5',
      '5.',
      '+3',
      '-0.1',
      '9007199254740993',
      '00012.50',
    ]
    expect(valuesOf(forms.map((form) => `a value=${form}`).join('\n'))).toEqual(forms.map(Number))
    expect(valuesOf('a value=4i\na value=-4i\na value=18446744073709551615u')).toEqual([4, -4, 2 ** 64])
  })

  test('comes back as it was written by a program', () => {
    const check = (value: number) => {
      expect(valuesOf(`a value=${value}`)).toEqual([value === 0 ? 0 : value])
    }
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), check), { seed: 1, numRuns: 5000 })
    fc.assert(fc.property(fc.maxSafeInteger(), check), { seed: 2, numRuns: 2000 })
    const decimals = fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 99 }))
    fc.assert(
      fc.property(decimals, ([whole, cents]) => check(Number(`${whole}.${cents}`))),
      { seed: 3, numRuns: 2000 },
    )
  })
})

describe('a table of keys', () => {
  test('that is full begins anew, and finds everything nevertheless', () => {
    const keys = new KeyTable(known, 2000)
    for (let round = 0; round < 3; round += 1)
      for (let host = 0; host < 500; host += 1)
        expect(parse([Buffer.from(`a,h=${host} value=${host}`)], keys).values).toEqual([[`a|h=${host}`, NOW, host]])
  })

  test('finds many keys again, in their sequence and in none', () => {
    const keys = new KeyTable(known, NO_LIMIT)
    const hosts = Array.from({ length: 5000 }, (_, host) => host)
    const shuffled = hosts.map((host) => (host * 1237) % hosts.length)
    for (const order of [hosts, hosts, shuffled, hosts]) {
      const text = order.map((host) => `a,h=${host} value=${host}`).join('\n')
      expect(parse([Buffer.from(text)], keys).values).toEqual(order.map((host) => [`a|h=${host}`, NOW, host]))
    }
  })
})

/** Lines good and bad, and bytes that are nothing, near enough to lines that they reach every branch. */
const fragment = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a,host=h value=1 1795238185\n', 'b,hostname=k,type=core,type-id=3 value=4i\n'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'x,h=1 f="q\\"\n" 1\n',
      '# c\n',
      '\n',
      '\r\n',
      'a',
      ',',
      '=',
      ' ',
      '\\',
      '"',
      'value=',
      'i',
      '\t',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'a value=1e5 9',
      'a val=3\n',
      'a value="s"\n',
      'a,host=h value=t\n',
      '1e400',
      '-',
      '.',
      '\0',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
)
const body = fc.array(fragment, { maxLength: 30 }).map((parts) => Buffer.from(parts.join('')))
const mutated = fc.tuple(body, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })).map(([bytes, changes]) => {
  const copy = Buffer.from(bytes)
  for (const [at, byte] of changes) if (copy.length > 0) copy[at % copy.length] = byte
  return copy
})

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place))
}

describe('whatever comes', () => {
  test('is read or refused, and leaves no trace in what is read next: 10,000 bodies', () => {
    const keys = new KeyTable(known, NO_LIMIT)
    const good = Buffer.from('a,host=h value=1 1795238185\nc\\ c,host=k value=2.5 1795238186\n')
    const expected = parse([good])
    const check = (bytes: Buffer) => {
      parse([bytes], keys)
      expect(parse([good], keys)).toEqual(expected)
    }
    fc.assert(fc.property(mutated, check), { seed: 4, numRuns: 10_000 })
  })

  test('is read alike however it is cut', () => {
    const check = (bytes: Buffer, cuts: number[]) => {
      expect(parse(cutAt(bytes, cuts))).toEqual(parse([bytes]))
    }
    fc.assert(fc.property(mutated, fc.array(fc.nat(), { maxLength: 12 }), check), { seed: 5, numRuns: 5000 })
  })

  test('keeps the lines before the first bad one, and those alone', () => {
    const check = (count: number, cuts: number[]) => {
      const good = Array.from({ length: count }, (_, index) => `a value=${index}\n`).join('')
      const outcome = parse(cutAt(Buffer.from(`${good}a value=bad\na value=99\n`), cuts))
      expect(outcome.values.map(([, , value]) => value)).toEqual(Array.from({ length: count }, (_, index) => index))
      expect(outcome.refused).toContain("'bad'")
    }
    fc.assert(fc.property(fc.nat(20), fc.array(fc.nat(), { maxLength: 5 }), check), { seed: 6, numRuns: 300 })
  })

  test('is read with care as it is in one go', () => {
    const check = (bytes: Buffer) => {
      const careful = Buffer.from(bytes.toString('latin1').replaceAll(' value=', '  value='), 'latin1')
      const { values } = parse([bytes])
      if (!bytes.includes('"') && !bytes.includes('\\')) expect(parse([careful]).values).toEqual(values)
    }
    fc.assert(fc.property(body, check), { seed: 7, numRuns: 2000 })
  })
})
