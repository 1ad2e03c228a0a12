/** Definitions of workflows: the product's own, put in at every start, and those of the administrators. */

import { type Caller, permit } from '../../auth/caller.ts'
import { DomainError } from '../../base/errors.ts'
import type { WorkflowStore } from '../../store/workflow-store.ts'
import { BUILT_IN } from '../../workflow/builtin.ts'
import { changeDefinition, readDefinition } from '../../workflow/definition.ts'
import type { Workflow } from '../../workflow/workflow.ts'
import type { Workflows } from './workflows.ts'

/** Those that are there keep their number, and whether they are enabled. */
export async function installBuiltIns(store: WorkflowStore): Promise<void> {
  const known = new Map((await store.definitions()).map((workflow) => [workflow.name, workflow]))
  for (const definition of BUILT_IN.map(readDefinition)) {
    const before = known.get(definition.name)
    if (!before) await store.insertDefinition({ ...definition, builtIn: true })
    else if (before.builtIn) {
      const after = { ...definition, id: before.id, enabled: before.enabled, builtIn: true }
      if (JSON.stringify(sorted(after)) !== JSON.stringify(sorted(before))) await store.replaceDefinition(after)
    }
  }
}

function sorted(workflow: Workflow): [string, unknown][] {
  return Object.entries(workflow).toSorted(([one], [other]) => (one < other ? -1 : 1))
}

export function createDefinitions(store: WorkflowStore): Pick<Workflows, 'list' | 'create' | 'change' | 'remove'> {
  return {
    list: () => store.definitions(),
    async create(caller, definition) {
      permitWriting(caller)
      return store.insertDefinition({ ...readDefinition(definition), builtIn: false })
    },
    async change(caller, id, definition, partial) {
      permitWriting(caller)
      const before = await find(store, id)
      const read = partial ? changeDefinition(before, definition) : readDefinition(definition)
      if (before.builtIn) checkBuiltIn(before, read)
      const after = { ...read, id, builtIn: before.builtIn }
      await store.replaceDefinition(after)
      return after
    },
    async remove(caller, id) {
      permitWriting(caller)
      const { builtIn, name } = await find(store, id)
      if (builtIn)
        throw new DomainError('conflict', `The workflow ${name} is one of the product's own; disable it instead.`)
      await store.removeDefinition(id)
    },
  }
}

/** What the next start would undo is refused now. */
function checkBuiltIn(before: Workflow, after: Omit<Workflow, 'id' | 'builtIn'>): void {
  const { id: _id, builtIn: _builtIn, ...rest } = before
  const wanted = { ...rest, enabled: after.enabled }
  if (JSON.stringify(wanted) === JSON.stringify({ ...wanted, ...after })) return
  const hint = 'only `enabled` of it can be changed; import a copy under another name'
  throw new DomainError('conflict', `The workflow ${before.name} is one of the product's own: ${hint}.`)
}

/** @throws forbidden: a definition says what runs as others (spec/hub.md 2.7) */
function permitWriting(caller: Caller): void {
  permit(caller, 'administer', caller.user)
}

async function find(store: WorkflowStore, id: number): Promise<Workflow> {
  const workflow = (await store.definitions()).find((one) => one.id === id)
  if (!workflow) throw new DomainError('not_found', `There is no workflow ${id}.`)
  return workflow
}
