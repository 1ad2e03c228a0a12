/** A workflow as the hub's API tells it (spec/hub.md 4.1), found by its name. */

import { nearestOf } from '../../../base/nearest.ts'
import { UserError } from '../../failure.ts'
import type { Hub } from './hub.ts'

export interface HubField {
  name: string
  type: string
}

export interface HubWorkflow {
  id: number
  name: string
  fields: readonly HubField[]
}

/** @throws UserError with the nearest name there is */
export async function findWorkflow(name: string, hub: Hub): Promise<HubWorkflow> {
  const names: string[] = []
  for await (const workflow of hub.rows<HubWorkflow>('workflows/')) {
    if (workflow.name === name) return workflow
    names.push(workflow.name)
  }
  const near = nearestOf(name, names)
  throw new UserError(`there is no workflow ${name}${near ? `; did you mean ${near}?` : `: ${names.join(', ')}`}`)
}
