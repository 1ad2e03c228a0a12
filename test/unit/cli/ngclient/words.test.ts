import { describe, expect, test } from 'vitest'
import { isWhole, parseDefinition } from '../../../../src/cli/ngclient/definition-file.ts'
import { readFields } from '../../../../src/cli/ngclient/field-words.ts'
import { absolute } from '../../../../src/cli/ngclient/submission.ts'

describe('paths', () => {
  test('are made absolute', () => {
    expect(absolute('data/../x', '/mmfs1')).toBe('/mmfs1/x')
    expect(absolute('/mmfs1/data/', '/')).toBe('/mmfs1/data')
    expect(absolute('.', '/mmfs1')).toBe('/mmfs1')
  })

  test('that did not reach us as they are written are refused', () => {
    expect(() => absolute('caf\ufffd', '/')).toThrow('give its folder, with -r')
    expect(() => absolute('', '/')).toThrow('a path is empty')
  })
})

describe('fields', () => {
  const fields = [
    { name: 'hydrate', type: 'bool' },
    { name: 'stub_size', type: 'int' },
    { name: 'note', type: 'string' },
  ]

  test('have the type that the workflow says', () => {
    expect(readFields(['hydrate=yes', 'stub_size=-4', 'note=a=b ', 'note=1'], fields)).toEqual({
      hydrate: true,
      stub_size: -4,
      note: '1',
    })
  })

  test.each([
    ['hydrate', 'NAME=VALUE'],
    ['hydrat=true', 'did you mean hydrate?'],
    ['colour=red', 'it asks for hydrate, stub_size, note'],
    ['hydrate=perhaps', 'true or false'],
    ['stub_size=4k', 'a whole number'],
  ])('%s is refused', (word, sentence) => {
    expect(() => readFields([word], fields)).toThrow(sentence)
  })
})

describe('a definition', () => {
  test('is read from JSON and from YAML alike', async () => {
    const wanted = { name: 'x', filter_rules: [{ type: 'all', include: ['*.jpg'] }] }
    expect(await parseDefinition(JSON.stringify(wanted), 'f')).toEqual(wanted)
    const yaml = '---\nname: x # mine\nfilter_rules:\n  - type: all\n    include: ["*.jpg"]\n'
    expect(await parseDefinition(yaml, 'f')).toEqual(wanted)
  })

  test.each([
    ['{"name": ', /^f: .*JSON/],
    ['name: [', /^f: .*line 1/],
    ['[]', /holds a list/],
    ['', /holds no workflow/],
    ['&a [*a, *a]', /holds a list/],
    ['a: 1\n---\nb: 2\n', /^f: .*multiple documents/],
  ])('%j is none', async (text, sentence) => {
    await expect(parseDefinition(text, 'f')).rejects.toThrow(sentence)
  })

  test('is whole when nothing is missing that a new one must have', () => {
    const whole = { name: 'x', label: 'X', icon_classes: [], filter_rules: [], fields: [] }
    expect(isWhole(whole)).toBe(true)
    expect(isWhole({ ...whole, enabled: false })).toBe(true)
    expect(isWhole({ enabled: false })).toBe(false)
  })
})
