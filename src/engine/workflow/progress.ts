/** How far running tasks are; in memory alone, since movers tell it again. */

import type { Run, RunId, Task, TaskId } from '../../workflow/task.ts'
import type { TaskProgress } from '../../workflow/task-order.ts'

interface Running {
  run: RunId
  /** Its paths end here, and count for the run. */
  isLast: boolean
  progress: TaskProgress
}

export class Progress {
  readonly #running = new Map<TaskId, Running>()

  begin(id: TaskId, run: RunId, isLast: boolean): void {
    this.#running.set(id, { run, isLast, progress: { done: 0, movedBytes: 0 } })
  }

  tell(id: TaskId, progress: TaskProgress): void {
    const running = this.#running.get(id)
    if (running) running.progress = progress
  }

  end(id: TaskId): void {
    this.#running.delete(id)
  }

  /** With what it has done so far taken for processed. */
  ofTask(task: Task): Task {
    const progress = this.#running.get(task.id)?.progress
    if (!progress || task.state !== 'started') return task
    const { done, movedBytes } = progress
    return { ...task, movedBytes, outcomes: { ...task.outcomes, processed: done } }
  }

  ofRun(run: Run): Run {
    const { totals } = run
    let { movedBytes } = totals
    let { processed } = totals.outcomes
    for (const one of this.#running.values()) {
      if (one.run !== run.id) continue
      movedBytes += one.progress.movedBytes
      if (one.isLast) processed += one.progress.done
    }
    return { ...run, totals: { ...totals, movedBytes, outcomes: { ...totals.outcomes, processed } } }
  }
}
