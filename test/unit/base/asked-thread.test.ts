import { expect, onTestFinished, test } from 'vitest'
import { AskedThread } from '../../../src/base/asked-thread.ts'

interface Question {
  id: number
  say: 'back' | 'nothing' | 'goodbye'
}

const PROGRAM = `
import { parentPort, workerData } from 'node:worker_threads'
let asked = 0
parentPort.on('message', ({ id, say }) => {
  asked += 1
  if (say === 'goodbye') throw new Error('goodbye')
  if (say === 'back') parentPort.postMessage({ id, said: workerData, asked })
})`

function thread(limitMs = 60_000) {
  const asked = new AskedThread<Question, { id: number; said: string; asked: number }>({
    module: new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`),
    data: 'hello',
    limitMs,
    advice: 'ask for less',
    gaveUp: (reason) => new Error(`given up: ${reason}`),
  })
  onTestFinished(() => asked.close())
  return asked
}

test('each question gets its own answer, from one thread', async () => {
  const asked = thread()
  const answers = await Promise.all([1, 2, 3].map((id) => asked.ask({ id, say: 'back' })))
  expect(answers).toEqual([1, 2, 3].map((id) => ({ id, said: 'hello', asked: id })))
})

test('an answer that takes too long ends the thread and all that wait for it; the next question starts another', async () => {
  const asked = thread(2000)
  const waiting = [asked.ask({ id: 1, say: 'nothing' }), asked.ask({ id: 2, say: 'nothing' })]
  for (const one of waiting) await expect(one).rejects.toThrow('given up: it took longer than 2 s; ask for less')
  expect(asked.worker).toBeUndefined()
  expect(await asked.ask({ id: 3, say: 'back' })).toMatchObject({ id: 3, asked: 1 })
})

test('a thread that dies says why to those who wait', async () => {
  const asked = thread()
  await expect(asked.ask({ id: 1, say: 'goodbye' })).rejects.toThrow('given up: goodbye')
  expect(await asked.ask({ id: 2, say: 'back' })).toMatchObject({ asked: 1 })
})

test('a closed one lets nobody wait', async () => {
  const asked = thread()
  const waiting = expect(asked.ask({ id: 1, say: 'nothing' })).rejects.toThrow('given up: the server is stopping')
  await asked.close()
  await waiting
})
