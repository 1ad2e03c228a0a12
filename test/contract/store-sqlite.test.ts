import { rmSync } from 'node:fs'
import { afterAll } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { makeFolder } from '../support/folder.ts'
import { storeContract } from './store.ts'

const dataDir = makeFolder()
const clear = async () => rmSync(dataDir, { recursive: true, force: true })
afterAll(clear)

storeContract('the SQLite store', { open: () => openSqliteStore({ dataDir }), clear })
