/** `ngclient jobs`: what the hub does, did and is to do. */

import { Command } from 'commander'
import { acting } from '../invocation.ts'
import { addWaitOptions } from '../watch/wait-options.ts'
import { control } from './control.ts'
import { addListOptions, listJobs } from './list.ts'
import { showJob, showTasks, waitForJob } from './page.ts'

export function jobsCommand(): Command {
  const jobs = new Command('jobs').description('list, look at and steer jobs')
  const verb = (words: string, about: string) => jobs.command(words).description(about)
  acting(addListOptions(verb('list', 'list the newest jobs')), listJobs)
  acting(verb('info <id>', 'show one'), showJob)
  acting(
    verb('tasks <id>', 'list the tasks of one: each is a step over some of its paths')
      .option('--state <state...>', 'only those in one of these states')
      .option('--failed', 'list the paths that failed instead, with what went wrong'),
    showTasks,
  )
  acting(addWaitOptions(verb('wait <id>', 'wait until it is over')), waitForJob)
  acting(verb('cancel <ids...>', 'cancel: what is in hand is given up, the rest is not begun'), control('cancel'))
  acting(verb('pause <ids...>', 'pause: the file in hand is finished, the rest waits'), control('pause'))
  acting(verb('resume <ids...>', 'go on with what was paused'), control('resume'))
  acting(verb('resubmit <ids...>', 'start a new job over the paths that failed, or over all'), control('resubmit'))
  return jobs
}
