/** YAML, with complaints that show the place. */

import { isAlias, isScalar, LineCounter, parseDocument, visit, type YAMLParseError } from 'yaml'

const MOST_ALIASES = 100
const LONGEST_LINE = 80

/** Keys that stand twice are not looked for: that takes the square of their number. */
const OPTIONS = { uniqueKeys: false, logLevel: 'error' } as const
/** Behind a mistake, for the excerpt. */
const SHOWN_AFTER = 200

/** @throws Error of what is wrong, with line, column and an excerpt */
export function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { ...OPTIONS, prettyErrors: false, lineCounter })
  const [error] = document.errors
  if (error) throw new Error(withPlace(text, error))
  const anchors = new Set<string>()
  visit(document, {
    // One that is an object is written out as a text, its own keys in turn: a thousand characters would take a minute.
    Pair(_key, { key }) {
      if (key !== null && !isScalar(key)) throw new Error('a key is a map, a list or an alias; write it as text')
    },
    Node(_key, node) {
      if (!isAlias(node)) {
        if ('anchor' in node && node.anchor) anchors.add(node.anchor)
      } else if (!anchors.has(node.source)) {
        const { line, col } = lineCounter.linePos(node.range?.[0] ?? 0)
        throw new Error(`${strayAlias(node.source)} at line ${line}, column ${col}:\n\n${excerpt(text, line, col)}`)
      }
    },
  })
  return document.toJS({ maxAliasCount: MOST_ALIASES })
}

/** Written with an excerpt each, the mistakes of a text that is one all through would take seconds; so the first alone is. */
function withPlace(text: string, error: YAMLParseError): string {
  const { errors } = parseDocument(text.slice(0, error.pos[1] + SHOWN_AFTER), { ...OPTIONS, prettyErrors: true })
  return (errors[0] ?? error).message.trimEnd()
}

/** Fields and globs begin with a star too. */
function strayAlias(name: string): string {
  return `"*${name}" refers to an anchor of YAML, and there is none; write it in quotes if it is text,`
}

function excerpt(text: string, line: number, column: number): string {
  const whole = text.split('\n', line)[line - 1]!.trimEnd()
  const from = Math.max(0, column - LONGEST_LINE / 2)
  return `${whole.slice(from, from + LONGEST_LINE)}\n${' '.repeat(column - 1 - from)}^`
}
