/** A thread that does steps on a disk's site and waits at each of their points until it is told to go on, or is ended there. */

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { systemClock } from '../../src/base/clock.ts'
import { createDiskStorage } from '../../src/object-storage/disk.ts'
import { openSiteLedger } from '../../src/store/sqlite/site/ledger.ts'
import { runStep } from '../../src/workflow/mover/steps.ts'
import type { StepOrder, TaskResult } from '../../src/workflow/task-order.ts'
import { type MoverSite, partsOf } from './mover-site.ts'

interface Task {
  order: StepOrder
  ledger: string
  bucket: string
}

type Letter = { point: string } | { result: TaskResult }

type At = (point: string, number: number) => Promise<'go on' | 'die'>

export class MoverThread implements AsyncDisposable {
  /** How often it was told to go on. */
  readonly #turns = new Int32Array(new SharedArrayBuffer(4))
  #thread: Worker | undefined

  /**
   * Calls `at` at each point, counted from 1; the step stands still meanwhile, and never goes on where that answers `die`:
   * as after a kill, nothing of it is cleared up. Answers its result, undefined for one that died.
   */
  run({ ledgerFile, bucket }: MoverSite, order: StepOrder, at: At): Promise<TaskResult | undefined> {
    this.#thread ??= new Worker(import.meta.filename, { workerData: this.#turns })
    const thread = this.#thread
    return new Promise((resolve, reject) => {
      let number = 0
      const proceed = async (point: string) => {
        number += 1
        if ((await at(point, number)) === 'die') {
          await this[Symbol.asyncDispose]()
          resolve(undefined)
          return
        }
        Atomics.add(this.#turns, 0, 1)
        Atomics.notify(this.#turns, 0)
      }
      thread.removeAllListeners()
      thread.on('error', reject)
      thread.on('message', (letter: Letter) => {
        if ('result' in letter) resolve(letter.result)
        else proceed(letter.point).catch(reject)
      })
      thread.postMessage({ order, ledger: ledgerFile, bucket } satisfies Task)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.terminate()
    this.#thread = undefined
  }
}

async function work({ order, ledger, bucket }: Task, turns: Int32Array): Promise<void> {
  const point = (name: string) => {
    const turn = Atomics.load(turns, 0)
    parentPort?.postMessage({ point: name } satisfies Letter)
    Atomics.wait(turns, 0, turn)
  }
  const opened = openSiteLedger(ledger, systemClock)
  const parts = partsOf(opened, createDiskStorage({ root: bucket }))
  const result = await runStep(order, { ...parts, point })
  opened.close()
  parentPort?.postMessage({ result } satisfies Letter)
}

if (!isMainThread) parentPort?.on('message', (task: Task) => void work(task, workerData as Int32Array))
