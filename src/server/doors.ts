/** The doors of the server: a port for each dialect, each with an app of its own behind it. */

import type { FastifyInstance } from 'fastify'
import { DomainError, messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { createApp } from '../http/app.ts'
import { Door, type TlsMaterial } from '../http/listener.ts'
import type { Listen } from '../settings/listen.ts'

export interface DoorPlan {
  /** As `server.json` names its URL. */
  dialect: string
  /** Null for a closed one. */
  listen: Listen | null
  /** Nobody asked for this address: where it cannot be had, the server does without the door and says so. */
  isStandard: boolean
  /** Puts on the app what is to be had here; `url` answers the door's address once it is open. */
  mount(app: FastifyInstance, url: () => string): Promise<void>
}

export interface DoorTerms {
  tls: TlsMaterial | null
  httpName: string | null
}

export interface Doors {
  /** By dialect, those that are open. */
  urls(): Record<string, string>
  /** About doors that could not be opened. */
  warnings: readonly string[]
  reread(terms: DoorTerms): Promise<void>
  close(): Promise<void>
}

interface OpenDoor {
  dialect: string
  door: Door
  app: FastifyInstance
}

/** @throws invalid when an address that was asked for cannot be had, or no door is open */
export async function openDoors(plans: readonly DoorPlan[], terms: DoorTerms, log: Logger): Promise<Doors> {
  const open: OpenDoor[] = []
  const warnings: string[] = []
  // Side by side: an app ends its event streams, for which its door would wait.
  const close = async () => {
    await Promise.all(open.flatMap(({ door, app }) => [door.close(), app.close()]))
  }
  try {
    for (const plan of plans) {
      const opened = await openDoor(plan, terms, log)
      if (typeof opened === 'string') warnings.push(opened)
      else if (opened) open.push(opened)
    }
    if (open.length === 0) throw new DomainError('invalid', 'every door is "off": give one an address, such as ":6330"')
  } catch (error) {
    await close()
    throw error
  }
  return {
    urls: () => Object.fromEntries(open.map(({ dialect, door }) => [dialect, door.url])),
    warnings,
    async reread(changed) {
      for (const { door } of open) await door.reread(changed)
    },
    close,
  }
}

/** The door, a warning instead of one that was not asked for, or null for a closed one. */
async function openDoor(plan: DoorPlan, terms: DoorTerms, log: Logger): Promise<OpenDoor | string | null> {
  const { dialect, listen, isStandard, mount } = plan
  if (!listen) return null
  const door = new Door({ listen, ...terms, log })
  const app = createApp({ log, serverFactory: door.serverFactory })
  try {
    await mount(app, () => door.url)
    await app.ready()
    await door.open()
    return { dialect, door, app }
  } catch (error) {
    await app.close()
    if (!isStandard || !(error instanceof DomainError)) throw error
    return `the ${dialect} door is closed: ${messageOf(error)} (setting ${dialect}.listen)`
  }
}
