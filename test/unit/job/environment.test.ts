import { expect, test } from 'vitest'
import { composeEnvironment, parseEnvironment } from '../../../src/job/environment.ts'

const bases = { base: { PATH: '/bin', HOME: '/home/a' }, snapshot: { PATH: '/my/bin', DISPLAY: ':0' } }
const compose = (text: string, snapshot: typeof bases.snapshot | undefined = bases.snapshot) =>
  composeEnvironment(parseEnvironment(text), { ...bases, snapshot })

test('BASE is the server’s own plain environment', () => {
  expect(compose('BASE')).toEqual(bases.base)
})

test('SNAPSHOT, DEFAULT and an empty name are the submitter’s environment', () => {
  for (const name of ['SNAPSHOT', 'DEFAULT', '', 'snapshot']) expect(compose(name)).toEqual(bases.snapshot)
})

test('a snapshot that was not sent is BASE', () => {
  expect(composeEnvironment(parseEnvironment('SNAPSHOT'), { ...bases, snapshot: undefined })).toEqual(bases.base)
})

test('compositions go from left to right', () => {
  expect(compose('BASE+D(DISPLAY=x:0)')).toEqual({ ...bases.base, DISPLAY: 'x:0' })
  expect(compose('SNAPSHOT+CLEAN+D(A=1,2,B=x=y)')).toEqual({ A: '1,2', B: 'x=y' })
  expect(compose('BASE+D(A=(1+2))')).toEqual({ ...bases.base, A: '(1+2)' })
})

test.each(['BASE+', 'M(cadence/5.1)', 'D', 'D(1=2)', 'BASE(x)', '../etc'])(
  '%s is refused, naming what there is',
  (text) => {
    expect(() => parseEnvironment(text)).toThrow(/^env: /)
  },
)
