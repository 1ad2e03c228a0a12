import { describe, expect, test } from 'vitest'
import { commandFor, readWords } from '../../../../src/cli/nc/command-line.ts'
import { loadSubcommand, SUBCOMMAND_NAMES } from '../../../../src/cli/nc/registry.ts'
import { ruleFor } from '../../../../src/cli/nc/show/list.ts'

async function read(...words: string[]) {
  const { name, words: rest } = readWords(words)
  return commandFor((await loadSubcommand(name!))!, rest)
}

describe('the command line of nc', () => {
  test('options may stand before the subcommand', async () => {
    const { words, options } = await read('-q', 'vnc', '-v', '2', 'run', 'sleep', '5')
    expect(words).toEqual(['sleep', '5'])
    expect(options).toMatchObject({ queue: 'vnc', verbosity: 2 })
  })

  test('what follows the command of run belongs to it', async () => {
    const { words, options } = await read('run', '-v', '2', '-e', 'BASE', 'ls', '-l', '--json')
    expect(words).toEqual(['ls', '-l', '--json'])
    expect(options.json).toBeUndefined()
  })

  test('words and options may be mixed elsewhere', async () => {
    const { words, options } = await read('info', '000001138', '--json', '1143')
    expect(words).toEqual(['000001138', '1143'])
    expect(options.json).toBe(true)
  })

  test.each(SUBCOMMAND_NAMES)('%s has a help text, and its options do not clash', async (name) => {
    const subcommand = await loadSubcommand(name)
    expect(subcommand!.name).toBe(name)
    expect(() => commandFor(subcommand!, [])).not.toThrow()
  })

  test('a level of saying is a number', async () => {
    await expect(read('list', '-v', 'much')).rejects.toThrow('-v takes a number')
  })
})

describe('which jobs nc list shows', () => {
  test('my own that are not over, or ended within the hour', () => {
    expect(ruleFor('alice', {}, 7_200_999)).toBe('user=="alice" & (statusnc!=Done,Failed | endtime>=3600)')
  })

  test('a rule narrows my own jobs, whenever they ended', () => {
    expect(ruleFor('alice', { where: 'exit>1 | isjob' }, 0)).toBe('user=="alice" & (exit>1 | isjob)')
  })

  test('all, another user, or a set take the place of my own', () => {
    expect(ruleFor('alice', { alljobs: true }, 0)).toBeUndefined()
    expect(ruleFor('alice', { of: 'bob' }, 0)).toBe('user=="bob"')
    expect(ruleFor('alice', { set: 'night' }, 0)).toBeUndefined()
  })
})
