import { describe, expect, test } from 'vitest'
import { keptAt, keyFor, mappedTo } from '../../../../src/workflow/mover/object/key-map.ts'
import { textOfPath } from '../../../../src/workflow/path-name.ts'
import { siteOf } from '../../../support/mover-site.ts'

const site = (below: string, bucket = '/bucket', name = 'one') => {
  const made = siteOf(name, '/root', bucket)
  return { ...made, targets: made.targets.map((target) => ({ ...target, below })) }
}

describe('a key', () => {
  test.each([
    ['a/b c/é🎈', 'a/b c/é🎈'],
    ['50%', '50%25'],
    ['a\nb\t', 'a%0Ab%09'],
    [textOfPath(Buffer.from([0x61, 0xff, 0xfe])), 'a%FF%FE'],
    ['x/.yardmaster-metadata/y', 'x/%2Eyardmaster-metadata/y'],
    ['.yardmaster', '.yardmaster'],
  ])('of %j is %j', (path, key) => {
    expect(keyFor(path)).toBe(key)
  })

  test('is the path below the deepest target that holds it, or the one that is named', () => {
    const [one, all] = [site('/root/a').targets[0]!, site('').targets[0]!]
    const both = { ...site(''), targets: [{ ...all, name: 'all' }, one] }
    expect(keptAt(both, '/root/a/f')).toMatchObject({ key: 'f', target: { name: 'archive' } })
    expect(keptAt(both, '/root/a/f', 'all')).toMatchObject({ key: 'root/a/f', target: { name: 'all' } })
    expect(() => keptAt(both, '/root/f', 'archive')).toThrow('site one has no target archive for it: add one')
  })
})

describe('a path of another site', () => {
  test('lies below the folder of the target with the same storage', () => {
    expect(mappedTo(site('/else', '/bucket', 'two'), site('/root'), '/root/a/f')).toMatchObject({
      path: '/else/a/f',
      key: 'a/f',
    })
  })

  test('has no place on a site without such a target', () => {
    const two = site('/else', '/other', 'two')
    expect(() => mappedTo(two, site('/root'), '/root/f')).toThrow("no target over the storage of one's target archive")
  })
})
