/** Bodies are read as Go's encoding/json reads them (spec/cockpit.md 0.7, 1.1). */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBody } from '../../../../src/dialect/cockpit/body/document.ts'
import { float, int, int32, int64, list, map, object, text } from '../../../../src/dialect/cockpit/body/shape.ts'

const INNER = object('schema.Resource', { hostname: text, hwthreads: list(int) })
const JOB = object('schema.Job', {
  jobId: int64,
  numNodes: int32,
  user: text,
  energy: float,
  metaData: map(text),
  resources: list(INNER),
  payload: object('api.EditMetaRequest', { key: text }),
})

const read = (source: string) => readBody(Buffer.from(source), JOB, 'decoding request failed')

function refusal(source: string, shape: Parameters<typeof readBody>[1] = JOB): string {
  try {
    readBody(Buffer.from(source), shape, 'parsing request body failed')
  } catch (error) {
    return (error as Error).message.replace('parsing request body failed: ', '')
  }
  return 'no refusal'
}

describe('what is read', () => {
  test.each([
    ['{}', {}],
    ['null', {}],
    ['{"jobId":1}', { jobId: 1 }],
    ['{"JOBID":1,"Metadata":{"a":"b"}}', { jobId: 1, metaData: { a: 'b' } }],
    ['{"jobid":1,"jobId":2}', { jobId: 2 }],
    ['{"user":null,"metaData":null,"resources":null}', {}],
    ['{"jobId":1} trailing } bytes', { jobId: 1 }],
    ['  \n{"user":"}{\\"]"}{"jobId":', { user: '}{"]' }],
    ['{"jobId":1}{"jobId":2}', { jobId: 1 }],
    ['\ufeff{"jobId":1}', { jobId: 1 }],
    ['{"energy":1.5e3,"numNodes":-2147483648}', { energy: 1500, numNodes: -2147483648 }],
    ['{"jobId":-0}', { jobId: 0 }],
    [
      '{"resources":[{"hostname":"a","hwthreads":[0,1]},null]}',
      { resources: [{ hostname: 'a', hwthreads: [0, 1] }, {}] },
    ],
    ['{"metaData":{"a":null}}', { metaData: { a: '' } }],
    ['{"payload":{"KEY":"x"}}', { payload: { key: 'x' } }],
  ])('%s', (source, value) => {
    expect(read(source)).toEqual(value)
  })

  test('keys of a map that mean something to JavaScript are keys like others', () => {
    const { metaData } = read('{"metaData":{"__proto__":"a","constructor":"b"}}')
    expect(Object.entries(metaData!)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
  })

  test('half of a character is replaced, as Go does', () => {
    expect(read('{"user":"\\ud800x"}')).toEqual({ user: '\ufffdx' })
    expect(
      readBody(
        Buffer.from([0x7b, 0x22, 0x75, 0x73, 0x65, 0x72, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
        JOB,
        'decoding request failed',
      ),
    ).toEqual({ user: '\ufffd' })
  })
})

describe('what is refused, in the words of Go', () => {
  test.each([
    ['', 'EOF'],
    [' \n', 'EOF'],
    ['{', 'unexpected EOF'],
    ['{"jobId":', 'unexpected EOF'],
    ['{"user":"a', 'unexpected EOF'],
    ['{"foo":1}', 'json: unknown field "foo"'],
    ['{"__proto__":1}', 'json: unknown field "__proto__"'],
    ['{"resources":[{"cpu":1}]}', 'json: unknown field "cpu"'],
    ['{"jobId":"1"}', 'json: cannot unmarshal string into Go struct field Job.jobId of type int64'],
    ['{"jobId":true}', 'json: cannot unmarshal bool into Go struct field Job.jobId of type int64'],
    ['{"jobId":[]}', 'json: cannot unmarshal array into Go struct field Job.jobId of type int64'],
    ['{"jobId":1.5}', 'json: cannot unmarshal number 1.5 into Go struct field Job.jobId of type int64'],
    [
      '{"numNodes":2147483648}',
      'json: cannot unmarshal number 2147483648 into Go struct field Job.numNodes of type int32',
    ],
    [
      '{"numNodes":-2147483649}',
      'json: cannot unmarshal number -2147483649 into Go struct field Job.numNodes of type int32',
    ],
    ['{"user":1}', 'json: cannot unmarshal number into Go struct field Job.user of type string'],
    ['{"metaData":{"a":1}}', 'json: cannot unmarshal number into Go struct field Job.metaData of type string'],
    ['{"metaData":[]}', 'json: cannot unmarshal array into Go struct field Job.metaData of type map[string]string'],
    ['{"resources":{}}', 'json: cannot unmarshal object into Go struct field Job.resources of type []schema.Resource'],
    ['{"resources":[1]}', 'json: cannot unmarshal number into Go struct field Job.resources of type schema.Resource'],
    [
      '{"resources":[{"hwthreads":["0"]}]}',
      'json: cannot unmarshal string into Go struct field Resource.resources.hwthreads of type int',
    ],
    [
      '{"payload":{"key":1}}',
      'json: cannot unmarshal number into Go struct field EditMetaRequest.payload.key of type string',
    ],
    ['[]', 'json: cannot unmarshal array into Go value of type schema.Job'],
    ['"x"', 'json: cannot unmarshal string into Go value of type schema.Job'],
    ['5', 'json: cannot unmarshal number into Go value of type schema.Job'],
    ['5 {"jobId":1}', 'json: cannot unmarshal number into Go value of type schema.Job'],
    ['{"energy":1e999}', 'json: cannot unmarshal number Infinity into Go struct field Job.energy of type float64'],
  ])('%s', (source, message) => {
    expect(refusal(source)).toBe(message)
  })

  test('a number that cannot be kept exactly is refused rather than changed', () => {
    expect(refusal('{"jobId":9007199254740993}')).toMatch(/cannot unmarshal number 9007199254740992 .*type int64/)
  })

  test('what is no JSON is told with the place', () => {
    expect(refusal("{'jobId':1}")).toBe(
      'the body is not JSON: write double quotes instead of single ones (at position 1)',
    )
    expect(refusal('nonsense')).toMatch(/^the body is not JSON/)
  })

  test('a list says what it is of', () => {
    expect(refusal('[1,2]', list(object('api.APITag', { type: text })))).toBe(
      'json: cannot unmarshal number into Go value of type api.APITag',
    )
  })
})

describe('properties', () => {
  const body = fc.record(
    {
      jobId: fc.maxSafeInteger(),
      numNodes: fc.integer(),
      user: fc.string({ unit: 'grapheme' }),
      energy: fc.double({ noNaN: true, noDefaultInfinity: true }).map((held) => held + 0),
      metaData: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
      resources: fc.array(fc.record({ hostname: fc.string(), hwthreads: fc.array(fc.integer()) })),
    },
    { requiredKeys: [] },
  )

  test('what was written is read again, in any case of its names and with anything behind it', () => {
    fc.assert(
      fc.property(body, fc.string(), fc.boolean(), (sent, rest, isUpper) => {
        const named = Object.entries(sent).map(([name, held]) => [isUpper ? name.toUpperCase() : name, held])
        const source = JSON.stringify(Object.fromEntries(named))
        expect(read(`${source}${rest}`)).toEqual(JSON.parse(JSON.stringify(sent)))
      }),
    )
  })

  test('the beginning of a body is never taken for a whole one', () => {
    fc.assert(
      fc.property(body, fc.nat(), (sent, at) => {
        const source = JSON.stringify(sent)
        const cut = source.slice(0, at % source.length)
        expect(refusal(cut)).toBe(cut === '' ? 'EOF' : 'unexpected EOF')
      }),
    )
  })

  test('any text gives a value or a sentence, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (source) => {
        const message = refusal(source)
        expect(message.length).toBeGreaterThan(0)
      }),
      { numRuns: 200 },
    )
  })
})
