import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { exportsOf } from '../../../../src/tasker/fork/late-environment.ts'

test('a shell that reads the text has the variables, whatever their values hold', () => {
  const value = `it's "so" $(id) \\ \n\n* é`
  const script = `${exportsOf([['ODD', value]])}\nprintf %s "$ODD"`
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(value)
})

test('what no shell can set is left out', () => {
  const text = exportsOf([
    ['odd.name', '1'],
    ['BASH_FUNC_x%%', '() { :; }'],
    ['UID', '5'],
    ['LD_PRELOAD', '/x.so'],
  ])
  expect(text).toBe("export LD_PRELOAD='/x.so'\n")
})
