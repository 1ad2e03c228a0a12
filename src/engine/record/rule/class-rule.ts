/** One rule by which runs are classified, as its file says it (spec/cockpit.md 6.1). Pure. */

import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { messageOf } from '../../../base/errors.ts'
import { type Expression, plainOf, type RuleScope, type RuleValue, readExpression, truthOf } from './expression.ts'

const NAME = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' })
const EXPRESSION = Type.String({ minLength: 1, maxLength: 2000 })
const SOURCE = Type.Object({
  name: Type.String({ maxLength: 200 }),
  tag: Type.String({ minLength: 1, maxLength: 100 }),
  parameters: Type.Optional(Type.Array(NAME, { maxItems: 100 })),
  metrics: Type.Optional(Type.Array(NAME, { maxItems: 100 })),
  requirements: Type.Optional(Type.Array(EXPRESSION, { maxItems: 100 })),
  variables: Type.Optional(Type.Array(Type.Object({ name: NAME, expr: EXPRESSION }), { maxItems: 100 })),
  rule: EXPRESSION,
  hint: Type.Optional(Type.String({ maxLength: 4000 })),
})

export type RuleSource = Static<typeof SOURCE>
const PARAMETERS = Type.Record(Type.String(), Type.Number())

export interface ClassRule {
  name: string
  tag: string
  metrics: readonly string[]
  parameters: RuleScope
  requirements: readonly Expression[]
  variables: readonly { name: string; value: Expression }[]
  condition: Expression
  hint: string
}

export interface Verdict {
  tag: string
  hint: string
}

/** @throws Error naming the place for what is no set of numbers */
export function readParameters(text: string): Readonly<Record<string, number>> {
  return checked(PARAMETERS, parseJson(text))
}

/** @throws Error naming the place, and what is wrong there */
export function readRule(text: string, parameters: Readonly<Record<string, number>>): ClassRule {
  const source = checked(SOURCE, parseJson(text))
  const { metrics = [], requirements = [], variables = [], hint = '' } = source
  const own = (source.parameters ?? []).map((name) => {
    if (!Object.hasOwn(parameters, name)) throw new Error(`/parameters: there is no "${name}" in parameters.json`)
    return [name, parameters[name]!] as const
  })
  return {
    name: source.name,
    tag: source.tag,
    metrics,
    parameters: Object.fromEntries(own),
    requirements: requirements.map((one, index) => expressionAt(`/requirements/${index}`, one)),
    variables: variables.map(({ name, expr }, index) => ({
      name,
      value: expressionAt(`/variables/${index}/expr`, expr),
    })),
    condition: expressionAt('/rule', source.rule),
    hint,
  }
}

/** Undefined where the run is no case of the rule. @throws Error for an expression that cannot be computed */
export function judge(rule: ClassRule, facts: RuleScope): Verdict | undefined {
  const scope: Record<string, RuleValue> = { ...rule.parameters, ...facts }
  if (!rule.requirements.every((requirement) => truthOf(requirement(scope)))) return undefined
  for (const { name, value } of rule.variables) scope[name] = plainOf(value(scope))
  if (!truthOf(rule.condition(scope))) return undefined
  return { tag: rule.tag, hint: renderHint(rule.hint, scope) }
}

/** `{{.cpu_load.avg}}` becomes the value; what else Go's templates can do stays as it is written. */
export function renderHint(hint: string, scope: RuleScope): string {
  return hint.replace(/\{\{-?\s*\.([A-Za-z_][\w.]{0,200})\s*-?\}\}/g, (written, path: string) => {
    const value = path.split('.').reduce<RuleValue | undefined>(memberOf, scope)
    if (typeof value === 'number') return String(Math.round(value * 100) / 100)
    return typeof value === 'string' || typeof value === 'boolean' ? String(value) : written
  })
}

function memberOf(value: RuleValue | undefined, name: string): RuleValue | undefined {
  return typeof value === 'object' && Object.hasOwn(value, name) ? value[name] : undefined
}

function expressionAt(path: string, text: string): Expression {
  try {
    return readExpression(text)
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error })
  }
}

/** JSON's own complaints name line and column. */
function parseJson(text: string): unknown {
  return JSON.parse(text)
}

function checked<Schema extends typeof SOURCE | typeof PARAMETERS>(schema: Schema, value: unknown): Static<Schema> {
  if (Value.Check(schema, value)) return value as Static<Schema>
  const [first] = Value.Errors(schema, value)
  throw new Error(`${first?.instancePath || '/'}: ${first?.message ?? 'does not fit'}`)
}
