/** Conversations as files: what was asked and what was answered, reviewed as text. `UPDATE_GOLDEN=1` writes them anew. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'
import { type Call, type Door, type DoorOptions, type Method, openDoor } from './door.ts'

const FOLDER = join(import.meta.dirname, 'golden')

export interface Talk {
  door: Door
  say(method: Method, path: string, call?: Call): Promise<LightMyRequestResponse>
  /** @throws when what was said differs from the file `golden/NAME.json` */
  close(name: string): void
}

export async function conversation(options?: DoorOptions): Promise<Talk> {
  const door = await openDoor(options)
  const turns: object[] = []
  return {
    door,
    async say(method, path, call = {}) {
      const response = await door.call(method, path, call)
      const { as, body, session } = call
      const who = session ? { session: true } : as === undefined ? {} : { as }
      turns.push({
        ask: { request: `${method} ${path}`, ...who, ...(body !== undefined && { body: shown(body) }) },
        answer: { status: response.statusCode, ...typeOf(response), body: bodyOf(response) },
      })
      return response
    },
    close(name) {
      const path = join(FOLDER, `${name}.json`)
      if (process.env.UPDATE_GOLDEN || !existsSync(path)) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, `${JSON.stringify(turns, null, 2)}\n`)
      }
      expect(turns).toEqual(JSON.parse(readFileSync(path, 'utf8')))
    },
  }
}

function shown(body: unknown): unknown {
  return Buffer.isBuffer(body) ? `${body.length} bytes` : JSON.parse(JSON.stringify(body))
}

function typeOf({ headers }: LightMyRequestResponse): object {
  const type = headers['content-type']
  return type === 'application/json' ? {} : { type: type ?? null }
}

function bodyOf(response: LightMyRequestResponse): unknown {
  return response.headers['content-type'] === 'application/json' ? response.json() : response.body
}
