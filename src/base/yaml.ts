/** YAML, with complaints that show the place. */

import { isAlias, LineCounter, parseDocument, visit } from 'yaml'

const MOST_ALIASES = 100
const LONGEST_LINE = 80

/** @throws Error of what is wrong, with line, column and an excerpt */
export function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter()
  // Keys that stand twice are not looked for: that takes the square of their number.
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error', prettyErrors: true, lineCounter })
  const [error] = document.errors
  if (error) throw new Error(error.message.trimEnd())
  const anchors = new Set<string>()
  visit(document, {
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

/** Fields and globs begin with a star too. */
function strayAlias(name: string): string {
  return `"*${name}" refers to an anchor of YAML, and there is none; write it in quotes if it is text,`
}

function excerpt(text: string, line: number, column: number): string {
  const whole = text.split('\n', line)[line - 1]!.trimEnd()
  const from = Math.max(0, column - LONGEST_LINE / 2)
  return `${whole.slice(from, from + LONGEST_LINE)}\n${' '.repeat(column - 1 - from)}^`
}
