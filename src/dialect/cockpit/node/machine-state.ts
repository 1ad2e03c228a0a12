/** What hosts say of themselves, a file each, in a folder that a setting names (spec/cockpit.md 1.12). */

import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DomainError, systemCodeOf } from '../../../base/errors.ts'
import { JSON_TYPE, sendNothing, sendText } from '../answer.ts'
import type { Route } from '../route.ts'
import { getMachineSchema, putMachineSchema } from './schema.ts'

const PATH = '/machine_state/:cluster/:host'

export function machineStateRoutes(folder: string): Route[] {
  return [
    {
      methods: ['PUT', 'POST'],
      path: PATH,
      schema: putMachineSchema,
      async handle({ params, body }, reply) {
        await keep(folder, readPlace(params), Buffer.isBuffer(body) ? body : Buffer.alloc(0))
        return sendNothing(reply, 201)
      },
    },
    {
      methods: ['GET'],
      path: PATH,
      schema: getMachineSchema,
      async handle({ params }, reply) {
        const kept = await find(folder, readPlace(params))
        return kept ? reply.type(JSON_TYPE).send(kept) : sendText(reply.code(404), '404 page not found\n')
      },
    },
  ]
}

interface Place {
  cluster: string
  host: string
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/

/** Names without a way out of the folder. @throws invalid */
function readPlace({ cluster = '', host = '' }: Record<string, string>): Place {
  if (!NAME.test(cluster)) throw new DomainError('invalid', 'invalid cluster name')
  if (!NAME.test(host) || host.length > 250) throw new DomainError('invalid', 'invalid host name')
  return { cluster, host }
}

/** Whole or not at all, whoever reads meanwhile. */
async function keep(folder: string, { cluster, host }: Place, body: Buffer): Promise<void> {
  const place = join(folder, cluster)
  await mkdir(place, { recursive: true })
  const draft = join(place, `.${randomUUID()}`)
  await writeFile(draft, body)
  await rename(draft, join(place, `${host}.json`))
}

async function find(folder: string, { cluster, host }: Place): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, cluster, `${host}.json`))
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
