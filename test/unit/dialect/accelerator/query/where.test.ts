import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDomainError } from '../../../../../src/base/errors.ts'
import { MAX_LENGTH, parseWhere, type Rule } from '../../../../../src/dialect/accelerator/query/rule/where.ts'

/** The tree in the notation of the operators, with brackets everywhere. */
function show(rule: Rule): string {
  if (rule.kind === 'all') return 'all'
  if (rule.kind === 'not') return `!${show(rule.of)}`
  if (rule.kind !== 'predicate') return `(${rule.of.map(show).join(rule.kind === 'and' ? ' & ' : ' | ')})`
  const { field, symbol, values } = rule.predicate
  return symbol === '' ? field : `${field}${symbol}${values.map((value) => `<${value}>`).join(',')}`
}

describe('a selection rule', () => {
  test.each([
    ['', 'all'],
    ['  \t ', 'all'],
    ['isjob', 'isjob'],
    ['jobname', 'jobname'],
    ['IS_JOB status==VALID', '(IS_JOB & status==<VALID>)'],
    ['status==INVALID,FAILED', 'status==<INVALID>,<FAILED>'],
    ['idint<5000 | idint>10000 & isjob', '(idint<<5000> | (idint><10000> & isjob))'],
    ['(idint<5000 | idint>10000) & isjob', '((idint<<5000> | idint><10000>) & isjob)'],
    ['command~"sleep 6"', 'command~<sleep 6>'],
    ['command~sleep\\ 6', 'command~<sleep 6>'],
    ['user^^BOB', 'user^^<BOB>'],
    ['host:lnx*', 'host:<lnx*>'],
    ['host::LNX*', 'host::<LNX*>'],
    ['not isjob or age>3600', '(!isjob | age><3600>)'],
    ['resources~linux', 'resources~<linux>'],
    ['isjob user==abc dir~/mytest/', '(isjob & user==<abc> & dir~</mytest/>)'],
  ])('%j is read as the documents say', (text, tree) => {
    expect(show(parseWhere(text))).toBe(tree)
  })

  test.each([
    ['status == VALID', 'status==<VALID>'],
    ["statusnc=='Running'", 'statusnc==<Running>'],
    ['a==1 AND b==2 OR NOT c', '((a==<1> & b==<2>) | !c)'],
    ['a&b|c', '((a & b) | c)'],
    ['a && b || c', '((a & b) | c)'],
    ['a!=1 b!~x c!^y d!:z*', '(a!=<1> & b!~<x> & c!^<y> & d!:<z*>)'],
    ['a!~~x b!^^y c!::z', '(a!~~<x> & b!^^<y> & c!::<z>)'],
    ['a !b', '(a & !b)'],
    ['!!a', '!!a'],
    ['a(b)c', '(a & b & c)'],
    ['a>=1,b', 'a>=<1>,<b>'],
    ['a==1 , 2,"3 4"', 'a==<1>,<2>,<3 4>'],
    ['a==and b', '(a==<and> & b)'],
    ['a==""', 'a==<>'],
    ['a=="say \\"hi\\" \\\\ \\d"', 'a==<say "hi" \\ \\d>'],
    ['a~\\.sh$', 'a~<\\.sh$>'],
    ['a==x\\,y\\|z', 'a==<x,y|z>'],
    ['from==System:User:bob', 'from==<System:User:bob>'],
    ["a==it's", "a==<it's>"],
  ])('%j is read', (text, tree) => {
    expect(show(parseWhere(text))).toBe(tree)
  })

  test.each([
    ['user==', 'where: expected a value after "==" at character 7, found the end'],
    ['user==)', 'where: expected a value after "==" at character 7, found ")"'],
    ['user==a,', 'where: expected a value after "," at character 9, found the end'],
    ['(user==a', 'where: expected ")", AND or OR at character 9, found the end'],
    ['user==a)', 'where: expected a field, AND or OR at character 8, found ")"'],
    ['user=="a', 'where: expected the closing " of the quote at character 7, found ""a"'],
    ['user=="a"b', 'where: expected a blank or comma after the closing quote at character 10, found "b"'],
    ['==3', 'where: expected a field at character 1, found "==3"'],
    ['a or', 'where: expected a field at character 5, found the end'],
    ['| a', 'where: expected a field at character 1, found "| a"'],
    ['5==5', 'where: expected a field at character 1, found "5==5"'],
    ['a;drop table job', 'where: expected a field, AND or OR at character 2, found ";drop table …"'],
  ])('%j is refused with the place and what belongs there', (text, sentence) => {
    expect(() => parseWhere(text)).toThrow(sentence)
  })

  test('nests to a limit and no deeper', () => {
    expect(() => parseWhere(`${'('.repeat(100)}a${')'.repeat(100)}`)).not.toThrow()
    expect(() => parseWhere(`${'('.repeat(101)}a${')'.repeat(101)}`)).toThrow('nests deeper than 100')
    expect(() => parseWhere(`${'!'.repeat(5000)}a`)).toThrow('nests deeper than 100')
  })

  test('is bounded in length, conditions and patterns', () => {
    expect(() => parseWhere('a'.repeat(MAX_LENGTH + 1))).toThrow('at most 10000')
    expect(() => parseWhere('a '.repeat(251))).toThrow('more than 250 conditions')
    expect(() => parseWhere(`a~${'b,'.repeat(100)}b`)).toThrow('more than 100 values of one pattern')
    expect(() => parseWhere(`a==${'1,'.repeat(4000)}1`)).not.toThrow()
  })

  test('gives a tree or a refusal for any text, at once', () => {
    const alphabet = fc.constantFrom(...'ab1 _()!&|=<>~^:,"\'\\\t;', 'AND ', 'or ', 'not ', 'user==', 'é', '\u0000')
    const anyRule = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(anyRule, (text) => isTreeOrRefusal(text)),
      { numRuns: 2000 },
    )
  })

  test('of the greatest length is judged at once', () => {
    for (const part of ['(', '!', '\\', '"', 'a==', 'a,', 'a|', ' ', 'a==\\\\', "a==''"]) {
      const startedMs = performance.now()
      isTreeOrRefusal(part.repeat(Math.floor(MAX_LENGTH / part.length)))
      expect(performance.now() - startedMs).toBeLessThan(1000)
    }
  })
})

function isTreeOrRefusal(text: string): boolean {
  try {
    return parseWhere(text).kind.length > 0
  } catch (error) {
    return isDomainError(error, 'invalid')
  }
}
