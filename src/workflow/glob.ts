/** Globs over paths: `*` and `?` within one name, `**` over many, `[...]`, `{a,b}`. A glob without `/` is about the last name alone. */

import { RE2JS } from 're2js'
import { remember } from '../base/remember.ts'

const LONGEST = 1000
const COMPILED_LIMIT = 500

/** Linear in the path, whatever the glob. @throws Error for a glob that cannot be read */
export const globOf = remember((glob: string): ((path: string) => boolean) => {
  if (glob.length > LONGEST) throw new Error(`a glob has at most ${LONGEST} characters`)
  const pattern = RE2JS.compile(toRegex(glob), RE2JS.DOTALL)
  const isName = !glob.includes('/')
  return (path) => pattern.matches(isName ? path.slice(path.lastIndexOf('/') + 1) : path)
}, COMPILED_LIMIT)

export function matchesAny(globs: readonly string[], path: string): boolean {
  return globs.some((glob) => globOf(glob)(path))
}

const PART = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\{[^{}]*\}|[\s\S]/gu
const FIXED: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }

function toRegex(glob: string): string {
  return glob.replace(PART, (part) => {
    const fixed = FIXED[part]
    if (fixed !== undefined) return fixed
    if (part.length > 2 && part.startsWith('[')) return classOf(part)
    if (part.length > 2 && part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').map(toRegex).join('|')})`
    return RE2JS.quote(part)
  })
}

/** `[!a-c]` as a class that never takes a slash. */
function classOf(part: string): string {
  const isNot = part[1] === '!'
  const inner = part.slice(isNot ? 2 : 1, -1).replace(/[\\\]^[&~|]/g, '\\$&')
  return isNot ? `[^/${inner}]` : `[${inner}]`
}
