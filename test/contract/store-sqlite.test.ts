import { rmSync } from 'node:fs'
import { afterAll } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { makeFolder } from '../support/folder.ts'
import { clientKeyContract } from './client-keys.ts'
import { nodeContract } from './nodes.ts'
import { recordListContract } from './record-lists.ts'
import { recordUpkeepContract } from './record-upkeep.ts'
import { recordContract } from './records.ts'
import { storeContract } from './store.ts'
import { tagContract } from './tags.ts'
import { taskListContract } from './task-lists.ts'
import { userContract } from './users.ts'
import { workflowContract } from './workflows.ts'

const dataDir = makeFolder()
const clear = async () => rmSync(dataDir, { recursive: true, force: true })
afterAll(clear)

const ABOUT_WORKFLOWS = [workflowContract, taskListContract, clientKeyContract]
const ABOUT_RECORDS = [recordContract, recordListContract, recordUpkeepContract, tagContract]

for (const contract of [storeContract, userContract, ...ABOUT_RECORDS, nodeContract, ...ABOUT_WORKFLOWS]) {
  contract(`the SQLite store: ${contract.name}`, { open: () => openSqliteStore({ dataDir }), clear })
}
