import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { normalise } from '../../../src/cli/arguments.ts'

const { options } = new Command()
  .option('-r, --resources <resources...>', '')
  .option('-e, --env <env>', '')
  .option('-p, --priority <priority>', '')
  .option('-w, --wait', '')
  .option('--wl', '')
  .option('--kill <time>', '')
  .option('--keepfor <time>', '')
  .option('--sg, --subgroup <name>', '')

const run = (line: string) => normalise(line.split(' '), { options, commandFollows: true })
const other = (line: string) => normalise(line.split(' '), { options, commandFollows: false })

describe('options as VOV writes them', () => {
  test('a word behind one dash is the option of that name', () => {
    expect(run('-kill 60 -wl sleep 5')).toEqual(['--kill=60', '--wl', '--', 'sleep', '5'])
  })

  test('one dash and two mean the same', () => {
    expect(run('--kill 60 -w true')).toEqual(['--kill=60', '--wait', '--', 'true'])
  })

  test('a second name of an option is the option', () => {
    expect(run('-sg night true')).toEqual(['--subgroup=night', '--', 'true'])
  })

  test('resources go on until the next option', () => {
    expect(run('-r RAM/500 !linux -e BASE true')).toEqual([
      '--resources=RAM/500',
      '--resources=!linux',
      '--env=BASE',
      '--',
      'true',
    ])
  })

  test('resources go on until two dashes', () => {
    expect(run('-r CORES/2 unix -- sleep 5')).toEqual(['--resources=CORES/2', '--resources=unix', '--', 'sleep', '5'])
  })

  test('a value may look like an option', () => {
    expect(run('-e -odd- true')).toEqual(['--env=-odd-', '--', 'true'])
  })

  test('a value may be written behind an equals sign', () => {
    expect(run('-kill=1m --env=A=B true')).toEqual(['--kill=1m', '--env=A=B', '--', 'true'])
  })

  test('options of the command to run are its own', () => {
    expect(run('-w ls -l -kill')).toEqual(['--wait', '--', 'ls', '-l', '-kill'])
  })

  test('where no command follows, options may stand between words', () => {
    expect(other('1138 -wl 1143')).toEqual(['1138', '--wl', '1143'])
  })

  test('a negative number is a word', () => {
    expect(other('-5')).toEqual(['-5'])
  })

  test('an unknown option is refused with the nearest known one', () => {
    expect(() => run('-kil 5 true')).toThrow('unknown option -kil; did you mean -kill?')
  })

  test('letters are not taken for one option with its value', () => {
    expect(() => run('-ebase true')).toThrow('unknown option -ebase')
  })

  test('an option without its value is refused', () => {
    expect(() => run('-kill')).toThrow('option -kill needs a value')
    expect(() => run('-r -- true')).toThrow('option -resources needs at least one value')
  })
})
