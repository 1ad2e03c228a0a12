/** The programs and terminal sessions that the tutorial prints, cut out of its text (Accelerator tutorial 2024.1). */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './person.ts'

const FOLDER = join(ROOT, '../shared/seeds')

export interface Seeds {
  /** By file name, as printed. */
  programs: Record<string, string>
  /** Blocks that begin with a prompt, each as lines. */
  sessions: string[][]
  /** What nc_list.py prints, which stands behind its session as a table. */
  jobTable: string
}

/** undefined where the tutorial is not at hand. */
export function readSeeds(): Seeds | undefined {
  const name = existsSync(FOLDER) && readdirSync(FOLDER).find((one) => one.startsWith('002_'))
  if (!name) return undefined
  const text = readFileSync(join(FOLDER, name), 'utf8')
  const blocks = blocksIn(text)
  const [jobTable = ''] = /^ID\s+STATUSNC(?:.*\n){3}/m.exec(text) ?? []
  return {
    programs: programsIn(blocks),
    sessions: blocks.filter(isSession).map((block) => block.split('\n')),
    jobTable,
  }
}

function blocksIn(text: string): string[] {
  return [...text.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, block]) => block!)
}

function isSession(block: string): boolean {
  return block.startsWith('% ')
}

function programsIn(blocks: readonly string[]): Record<string, string> {
  const programs: Record<string, string> = {}
  let last: string | undefined
  for (const block of blocks) {
    const program = withoutLineNumbers(block)
    const name = nameOf(program)
    if (name) programs[name] = program
    // A page break cuts a program in two.
    else if (last && program.startsWith('import ')) programs[last] += program
    last = name
  }
  return programs
}

function nameOf(program: string): string | undefined {
  if (program.startsWith('# JWT Token utilities')) return 'getToken.py'
  return /^#!\/usr\/bin\/python3?\n#\n# (\w+\.py)\n/.exec(program)?.[1]
}

function withoutLineNumbers(block: string): string {
  return /^ *1 +#!/.test(block) ? block.replace(/^ *\d+ {0,2}/gm, '') : block
}
