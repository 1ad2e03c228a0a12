/** Conversations as files: what was asked and what was answered, reviewed as text. `UPDATE_GOLDEN=1` writes them anew. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'
import type { Call, Door, Method } from './door.ts'

const FOLDER = join(import.meta.dirname, 'golden')

export class Conversation {
  readonly #door: Door
  readonly #turns: object[] = []

  constructor(door: Door) {
    this.#door = door
  }

  async say(method: Method, path: string, call: Call = {}): Promise<LightMyRequestResponse> {
    const response = await this.#door.call(method, path, call)
    const { as, body } = call
    this.#turns.push({
      ask: { request: `${method} ${path}`, ...(as !== undefined && { as }), ...(body !== undefined && { body }) },
      answer: { status: response.statusCode, body: bodyOf(response) },
    })
    return response
  }

  /** @throws when what was said differs from the file `golden/NAME.json` */
  close(name: string): void {
    const path = join(FOLDER, `${name}.json`)
    if (process.env.UPDATE_GOLDEN || !existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `${JSON.stringify(this.#turns, null, 2)}\n`)
    }
    expect(this.#turns).toEqual(JSON.parse(readFileSync(path, 'utf8')))
  }
}

function bodyOf(response: LightMyRequestResponse): unknown {
  return String(response.headers['content-type']).includes('json') ? response.json() : response.body
}
