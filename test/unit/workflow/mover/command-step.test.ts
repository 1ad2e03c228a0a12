import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock as clock } from '../../../../src/base/clock.ts'
import { runCommand } from '../../../../src/workflow/mover/command.ts'
import { COMMAND_STEP } from '../../../../src/workflow/mover/command-step.ts'
import { wordsOf } from '../../../../src/workflow/mover/command-words.ts'
import { testFolder } from '../../../support/folder.ts'
import { MoverYard } from '../../../support/mover-yard.ts'
import { linesOf } from '../../../support/processes.ts'

describe('words of a command', () => {
  test.each([
    ['cp {path} /b', ['cp', '{path}', '/b']],
    [`sh -c 'echo "$1"' x {path}`, ['sh', '-c', 'echo "$1"', 'x', '{path}']],
    ['a "b c"d\\ e \'\' ""', ['a', 'b cd e', '', '']],
    ['"a\\"b" \'c\\d\'', ['a"b', 'c\\d']],
    ['  spaced\n out\t', ['spaced', 'out']],
    ['a $(b) `c` ; d | e > f', ['a', '$(b)', '`c`', ';', 'd', '|', 'e', '>', 'f']],
  ])('%j', (command, words) => {
    expect(wordsOf(command)).toEqual(words)
  })

  test.each(['', '   ', "''", 'a "b', "it's"])('%j is refused', (command) => {
    expect(() => wordsOf(command)).toThrow(/^command/)
  })
})

describe('a run', () => {
  const parts = { identity: null, variables: {}, clock, dropping: new AbortController().signal }
  const run = (command: string) => runCommand(wordsOf(command), parts)

  test('that ends well has no problem, whatever it said', async () => {
    expect(await run("sh -c 'echo fine; echo hm >&2'")).toEqual({ problem: null, stopped: false })
  })

  test('that fails says its last line, or how it ended', async () => {
    expect((await run("sh -c 'echo one; echo last words; echo; exit 3'")).problem).toBe('last words')
    expect((await run("sh -c 'echo why >&2; echo done so far; exit 3'")).problem).toBe('why')
    expect((await run("sh -c 'exit 3'")).problem).toBe('it exited with status 3')
    expect((await run("sh -c 'kill -9 $$'")).problem).toBe('it was ended by SIGKILL')
    expect((await run('/no/such/program')).problem).toBe('/no/such/program cannot be run (ENOENT)')
  })

  test('that says a lot is remembered by its end', async () => {
    const { problem } = await run("sh -c 'yes | head -c 3000000; echo; echo the end; exit 1'")
    expect(problem).toBe('the end')
  })

  test('that leaves something in the background is over when it is', async () => {
    expect(await run("sh -c 'sleep 3 & exit 0'")).toEqual({ problem: null, stopped: false })
  })
})

describe('the step', () => {
  const run = async (command: unknown, names: readonly string[], changes = {}) => {
    const yard = new MoverYard()
    await yard.open()
    yard.step(1, COMMAND_STEP, { given: { command, ...changes }, names })
    yard.start(1)
    await yard.log.next('exited', 1)
    return { yard, end: yard.desk.endsOf(1)[0]! }
  }

  test('hands a name over as one word, whatever stands in it', async () => {
    const name = `a b'c"d$(touch e);\n{path}`
    const folder = testFolder()
    const { yard, end } = await run(`sh -c 'printf "%s|" "$@" > ${join(folder, 'out')}' x {path} {path}`, [name])
    expect(end).toMatchObject({ failure: null, outcomes: [{ outcome: 'processed', message: '' }] })
    expect(linesOf(join(folder, 'out')).join('\n')).toBe(`${yard.path(name)}|${yard.path(name)}|`)
  })

  test('hands its other arguments over within their words, and an empty one for none', async () => {
    const out = join(testFolder(), 'out')
    const command = `sh -c 'printf "%s|" "$@" > "$0"' ${out} {path} -w={width} {none} {other}`
    const { end } = await run(command, ['a'], { width: `5; touch x "'`, none: null })
    expect(end).toMatchObject({ failure: null, outcomes: [{ outcome: 'processed' }] })
    expect(linesOf(out).join('\n')).toMatch(/\/a\|-w=5; touch x "'\|\|\{other\}\|$/)
  })

  test('refuses a path outside of the site, and a name that no argument or line can hold', async () => {
    const { end } = await run('true {path}', ['../out', 'good', 'bad\udcff'])
    expect(end.outcomes).toMatchObject([
      { outcome: 'failed' },
      { outcome: 'processed' },
      { outcome: 'failed', message: expect.stringContaining('not UTF-8') },
    ])
    const all = await run("sh -c 'test $(wc -l < $1) = 1' x {paths_file}", ['good', 'two\nlines'])
    expect(all.end.outcomes).toMatchObject([
      { outcome: 'processed' },
      { outcome: 'failed', message: expect.stringContaining('line break') },
    ])
  })

  test.each([
    ['true', 'command names either {path}'],
    ['true {path} {paths_file}', 'command names either {path}'],
    ['', 'no program'],
    [7, 'it must be a name'],
  ])('with the command %j does nothing and says what is wrong', async (command, words) => {
    const { end } = await run(command, ['a'])
    expect(end).toMatchObject({ outcomes: [], failure: expect.stringContaining(words) })
  })

  test('gives one bad end to all paths of a list', async () => {
    const { end } = await run("sh -c 'echo sorry; exit 1' {paths_file}", ['a', 'b'])
    expect(end.outcomes.map(({ message }) => message)).toEqual(['sorry', 'sorry'])
  })
})
