/** Conversations as files: what was asked and what was answered, reviewed as text. `UPDATE_GOLDEN=1` writes them anew. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'
import { type Call, type Door, type Method, openDoor } from './door.ts'

const FOLDER = join(import.meta.dirname, 'golden')
/** Drawn anew each time. */
const DRAWN = /[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}|eyJ[\w-]+\.[\w-]+\.[\w-]+|(?<="prefix":")[A-Za-z0-9]{8}/g

export interface Talk {
  door: Door
  say(method: Method, path: string, call?: Call): Promise<LightMyRequestResponse>
  /** @throws when what was said differs from the file `golden/NAME.json` */
  close(name: string): void
}

export async function conversation(): Promise<Talk> {
  const door = await openDoor()
  const turns: object[] = []
  return {
    door,
    async say(method, path, call = {}) {
      const response = await door.call(method, path, call)
      const { as, body } = call
      turns.push({
        ask: { request: `${method} ${path}`, ...(as !== undefined && { as }), ...(body !== undefined && { body }) },
        answer: { status: response.statusCode, ...headersOf(response), body: bodyOf(response) },
      })
      return response
    },
    close(name) {
      const path = join(FOLDER, `${name}.json`)
      const said = JSON.parse(JSON.stringify(turns))
      if (process.env.UPDATE_GOLDEN || !existsSync(path)) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, `${JSON.stringify(said, null, 2)}\n`)
      }
      expect(said).toEqual(JSON.parse(readFileSync(path, 'utf8')))
    },
  }
}

function headersOf({ headers }: LightMyRequestResponse): object {
  const { 'content-type': type, location } = headers
  return { ...(type !== 'application/json' && { type: type ?? null }), ...(location && { location }) }
}

function bodyOf({ headers, body }: LightMyRequestResponse): unknown {
  const plain = body.replace(DRAWN, 'DRAWN')
  return headers['content-type'] === 'application/json' ? JSON.parse(plain) : plain
}
