import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { JOB_FIELDS } from '../../../../../src/dialect/accelerator/query/job/columns.ts'
import { runQuery } from '../../../../../src/dialect/accelerator/query/query.ts'
import { readQuery } from '../../../../../src/dialect/accelerator/query/request.ts'
import { aCaller } from '../../../../support/house.ts'
import { QUERY_JOBS, queryParts } from '../../../../support/query-parts.ts'

const page = readFileSync(new URL('../../../../../docs/dialects/accelerator-queries.md', import.meta.url), 'utf8')
const block = (language: string) =>
  page
    .match(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``))![1]!
    .trim()
    .split('\n')
const ask = async (where: string, from = 'jobs') =>
  runQuery(queryParts(QUERY_JOBS), aCaller(), readQuery({ select: '*', from, where }))

describe('the page on queries', () => {
  test.each(JOB_FIELDS.fields.map(({ name, type, about }) => [`| ${name} | ${type} | ${about} |`]))(
    'has the line %s',
    (line) => {
      expect(page.split('\n')).toContain(line)
    },
  )

  test('has every object', async () => {
    const { rows } = await ask('', 'objects')
    for (const [name] of rows as [string][]) expect(page).toContain(`\`${name}\``)
  })

  test.each(block('rule').map((rule) => [rule]))('shows the rule %s, which can be asked', async (rule) => {
    await expect(ask(rule)).resolves.toBeDefined()
  })
})
