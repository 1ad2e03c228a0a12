import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../../src/base/yaml.ts'

const complaintOf = (text: string): string => {
  try {
    parseYaml(text)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it was read')
}

describe('YAML', () => {
  test('is read with its anchors', () => {
    expect(parseYaml('a: &x {b: 1}\nc: *x\n')).toEqual({ a: { b: 1 }, c: { b: 1 } })
    expect(parseYaml('')).toBeNull()
  })

  test('that is broken is complained of with line, column and excerpt', () => {
    expect(complaintOf('name: x\n\tb: 1\n')).toBe(
      'Tabs are not allowed as indentation at line 2, column 1:\n\nname: x\n\tb: 1\n^',
    )
  })

  test.each([
    ['rules:\n  - width: *width\n', '*width', /at line 2, column 12:\n\n {2}- width: \*width\n {11}\^$/],
    ['include: [*.mov]', '*.mov', /at line 1, column 11:\n\ninclude: \[\*\.mov\]\n {10}\^$/],
    [`a: {${'x: 1, '.repeat(30)}b: *c}`, '*c', /at line 1, column 188:\n\n.{42}\n {39}\^$/],
  ])('%j, a star without quotes, is told what it means', (text, written, place) => {
    const complaint = complaintOf(text)
    expect(complaint).toContain(`"${written}" refers to an anchor of YAML, and there is none; write it in quotes`)
    expect(complaint).toMatch(place)
  })

  test('grows by its aliases only so far', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', 'b: &b [*a,*a,*a,*a,*a,*a,*a,*a]', 'c: [*b,*b,*b,*b,*b,*b,*b,*b]']
    expect(complaintOf(`${bomb.join('\n')}\nd: [*b,*b,*b,*b,*b,*b,*b,*b]\n`)).toMatch(/alias count/i)
  })
})

test('a key that is no text is refused before it is written as one, which would take for ever', () => {
  for (const text of ['? '.repeat(500), '? [a]\n: b', '? {a: b}\n: c', 'a: &x [1]\n? *x\n: b'])
    expect(() => parseYaml(text)).toThrow('a key is a map, a list or an alias; write it as text')
  expect(parseYaml('? a\n: b\n? \n: c\n1: d')).toEqual({ 1: 'd', '': 'c', a: 'b' })
})
