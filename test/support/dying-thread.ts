/** A thread of measured values that answers `usage` with how often it was started, and dies when it is asked to free. */

import { parentPort, workerData } from 'node:worker_threads'
import type { Letter } from '../../src/metric/memory/thread-message.ts'

const starts = new Int32Array((workerData as { starts: SharedArrayBuffer }).starts)
const start = Atomics.add(starts, 0, 1) + 1
const heard: string[] = []

parentPort?.on('message', ({ id, question }: Letter) => {
  heard.push(question.kind)
  if (question.kind === 'free') process.exit(3)
  if (id > 0) parentPort?.postMessage({ id, answer: question.kind === 'describe' ? heard : start })
  if (question.kind === 'close') parentPort?.close()
})
