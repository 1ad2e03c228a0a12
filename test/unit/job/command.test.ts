import { expect, test } from 'vitest'
import { argvOf, toolOf } from '../../../src/job/command.ts'

test.each([
  ['sleep 60', ['sleep', '60']],
  ['  /bin/echo  a=b ', ['/bin/sh', '-c', '  /bin/echo  a=b ']],
  ['/bin/echo  -n x', ['/bin/echo', '-n', 'x']],
])('%s needs no more than it must', (command, argv) => {
  expect(argvOf(command)).toEqual(argv)
})

test.each(['a | b', 'echo $HOME', 'echo "x y"', 'A=1 env', 'cd /tmp', 'exit 3', 'ls *.c', 'a\nb', '~/x', '#x', ': x'])(
  '%s goes to the shell whole',
  (command) => {
    expect(argvOf(command)).toEqual(['/bin/sh', '-c', command])
  },
)

test('the tool is the first word without its folder', () => {
  expect(toolOf(' /usr/bin/make -j2')).toBe('make')
  expect(toolOf('(cd x; y)')).toBe('')
})
