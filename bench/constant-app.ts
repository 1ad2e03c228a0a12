/** The reference of `submit`: the same Fastify app and the same schema of a job, answering a constant. */

import { silentLog } from '../src/base/log.ts'
import { submitSchema } from '../src/dialect/accelerator/schema.ts'
import { createApp } from '../src/http/app.ts'

const app = createApp({ log: silentLog })
app.post('/api/v3/jobs', { schema: submitSchema }, async (_request, reply) => reply.code(201).send({ jobid: 45080 }))
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${url}\n`)
