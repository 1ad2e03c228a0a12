/** An HTTP proxy before a real server that does to chosen requests what networks and servers do on bad days. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { Transform, type TransformCallback } from 'node:stream'

export type FaultKind =
  /** The answer is 500, and the request never arrives. */
  | { kind: 'status'; status: number; code?: string }
  /** The connection is cut when so many bytes of the body went through. */
  | { kind: 'cut'; side: 'request' | 'answer'; afterBytes: number }
  /** One byte of the body is another one. */
  | { kind: 'corrupt'; side: 'request' | 'answer'; atByte: number }
  /** The request is taken and never answered. */
  | { kind: 'silence' }
  /** The answer stops after so many bytes, and the connection stays. */
  | { kind: 'stall'; afterBytes: number }

export type Fault = FaultKind & {
  /** How many requests it hits; for ever where it is missing. */
  times?: number
  /** All requests where it is missing. */
  hits?: (request: IncomingMessage) => boolean
  /** When it hits. */
  onHit?: () => Promise<void> | void
}

export interface FaultyProxy {
  endpoint: string
  /** `METHOD /path?query` of each request, with its range. */
  requests: string[]
  /** Until the next call. */
  inject(...faults: Fault[]): void
  connections(): Promise<number>
  close(): Promise<void>
}

export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  const requests: string[] = []
  let faults: { fault: Fault; left: number }[] = []
  const take = (incoming: IncomingMessage): Fault | undefined => {
    const found = faults.find(({ fault, left }) => left > 0 && (fault.hits?.(incoming) ?? true))
    if (found !== undefined) found.left -= 1
    return found?.fault
  }
  const server = createServer(async (incoming, answer) => {
    const range = incoming.headers.range === undefined ? '' : ` ${incoming.headers.range}`
    requests.push(`${incoming.method} ${incoming.url}${range}`)
    const fault = take(incoming)
    await fault?.onHit?.()
    handle(incoming, answer, { fault, targetPort })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    inject(...wanted) {
      requests.length = 0
      faults = wanted.map((fault) => ({ fault, left: fault.times ?? Infinity }))
    },
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Passage {
  fault: Fault | undefined
  targetPort: number
}

function handle(incoming: IncomingMessage, answer: ServerResponse, { fault, targetPort }: Passage): void {
  if (fault?.kind === 'silence') incoming.resume()
  else if (fault?.kind === 'status') refuse(incoming, answer, fault)
  else forward(incoming, answer, { fault, targetPort })
}

function forward(incoming: IncomingMessage, answer: ServerResponse, { fault, targetPort }: Passage): void {
  const { method, url, rawHeaders } = incoming
  const outgoing = request({
    host: '127.0.0.1',
    port: targetPort,
    method,
    path: url,
    headers: rawHeaders,
    agent: false,
  })
  const cut = () => {
    outgoing.destroy()
    incoming.socket.destroy()
  }
  outgoing.on('error', cut)
  answer.on('close', () => outgoing.destroy())
  outgoing.on('response', (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
    answer.flushHeaders()
    reply.on('error', cut)
    reply.pipe(damage('answer', fault, cut)).pipe(answer)
  })
  incoming.on('error', cut)
  incoming.pipe(damage('request', fault, cut)).pipe(outgoing)
}

function refuse(incoming: IncomingMessage, answer: ServerResponse, fault: Extract<Fault, { kind: 'status' }>): void {
  incoming.resume()
  incoming.on('end', () => {
    const body = fault.code === undefined ? '' : `<Error><Code>${fault.code}</Code><Message>no</Message></Error>`
    answer.writeHead(fault.status, { 'content-type': 'application/xml' }).end(body)
  })
}

/** What passes on one side, with the fault if it is of that side. */
function damage(side: 'request' | 'answer', fault: Fault | undefined, cut: () => void): Transform {
  let passed = 0
  const hurt = (chunk: Buffer): Buffer => {
    if (fault?.kind !== 'corrupt' || fault.side !== side) return chunk
    const at = fault.atByte - passed
    if (at < 0 || at >= chunk.length) return chunk
    const damaged = Buffer.from(chunk)
    damaged[at]! ^= 0x40
    return damaged
  }
  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      if (fault?.kind === 'cut' && fault.side === side && passed + chunk.length > fault.afterBytes) {
        this.push(chunk.subarray(0, fault.afterBytes - passed))
        setImmediate(cut)
        return
      }
      if (fault?.kind === 'stall' && side === 'answer' && passed + chunk.length > fault.afterBytes) {
        this.push(chunk.subarray(0, fault.afterBytes - passed))
        return
      }
      const out = hurt(chunk)
      passed += chunk.length
      done(null, out)
    },
  })
}
