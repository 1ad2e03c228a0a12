/** Sign-ins kept between two commands: a file that only its owner can read, replaced as a whole. */

import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface KeptToken {
  token: string
  /** Epoch milliseconds. */
  expiresAt: number
}

/** By server, then by user; `user` is who signed in last. */
type Content = Record<string, { user: string; tokens: Record<string, KeptToken> }>

export interface TokenFile {
  /** Who signed in last at this server. */
  userAt(url: string): Promise<string | undefined>
  get(url: string, user: string): Promise<KeptToken | undefined>
  put(url: string, user: string, kept: KeptToken): Promise<void>
  /** Forgets the user's sign-in; answers whether there was one. */
  drop(url: string, user: string): Promise<boolean>
}

export function createTokenFile(folder: string): TokenFile {
  const file = join(folder, 'tokens.json')
  return {
    userAt: async (url) => (await read(file))[url]?.user,
    get: async (url, user) => (await read(file))[url]?.tokens[user],
    async put(url, user, kept) {
      const content = await read(file)
      content[url] = { user, tokens: { ...content[url]?.tokens, [user]: kept } }
      await write(folder, file, content)
    },
    async drop(url, user) {
      const content = await read(file)
      if (!content[url]?.tokens[user]) return false
      delete content[url].tokens[user]
      await write(folder, file, content)
      return true
    },
  }
}

/** A file that is missing or damaged holds no sign-ins; the next one repairs it. */
async function read(file: string): Promise<Content> {
  try {
    const content = JSON.parse(await readFile(file, 'utf8'))
    return typeof content === 'object' && content !== null ? content : {}
  } catch {
    return {}
  }
}

async function write(folder: string, file: string, content: Content): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
