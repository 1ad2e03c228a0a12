/** Jobs that are a step of a workflow: they take a lane of a site's queue instead of a part of the host (hub.md 6). Pure. */

import { remember } from '../base/remember.ts'
import { type Demand, demandOf } from './demand.ts'
import { type Amounts, isActive, type Job } from './job.ts'

const LANE = 'Lane:'

/** The resource that one task of a lane takes one of. */
export function laneResource(site: string, queue: string, lane: string): string {
  return `${LANE}${site}.${queue}.${lane}`
}

export function isLane(resource: string): boolean {
  return resource.startsWith(LANE)
}

export function holdsLane(amounts: Amounts): boolean {
  return Object.keys(amounts).some(isLane)
}

/** Whether the movers run it: by what it holds while it runs, by what it asks for otherwise. */
export function isTask({ state, run, request }: Pick<Job, 'state' | 'run' | 'request'>): boolean {
  return isActive(state) && run ? holdsLane(run.held) : asksLane(request.resources)
}

const asksLane = remember((resources) => resources.includes(LANE) && takesLane(demandOf(resources)))

function takesLane(demand: Demand): boolean {
  if (demand.kind === 'take') return isLane(demand.name)
  return (demand.kind === 'and' || demand.kind === 'or') && demand.of.some(takesLane)
}
