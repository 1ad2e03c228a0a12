/** Fields whose values are words of a closed list: any operator is tried on the words, and what is left is a list of states or priorities. */

import { type Operator, relates } from '../../../../job/filter.ts'
import { JOB_STATES, type JobState } from '../../../../job/job.ts'
import {
  ALL_PRIORITIES,
  readPriority,
  readStatus,
  type StatusField,
  showPriority,
  showStatus,
  statesWhere,
} from '../../words.ts'
import { checkedPatterns, type NumberReading, numeric, refusal, testOf } from '../rule/condition.ts'
import type { Predicate } from '../rule/where.ts'
import { type JobColumn, type Named, oneOf } from './column.ts'

const SIZES: readonly string[] = ['less', 'lessOrEqual', 'greater', 'greaterOrEqual'] satisfies Operator[]

/** STATUS or STATUSNC. */
export function stateWord([name, about]: Named, field: StatusField): JobColumn {
  const test: JobColumn['test'] = (predicate) => {
    if (SIZES.includes(predicate.operator))
      throw refusal(predicate, 'has words without an order; use ==, != or a pattern')
    const fits = wordTest(predicate, (text) => readStatus(text, field))
    return oneOf('state', statesWhere(field, fits), JOB_STATES.length)
  }
  const show: JobColumn['show'] = (state) => showStatus(state as JobState, field)
  return { name, about, type: 'string', needs: ['state'], show, test, orderBy: 'state' }
}

/** PRIORITYPP or XPRIORITYPP: `priorityPP>=normal` compares places on the scale, `priorityPP^^t` the words. */
export function priorityWord([name, about]: Named, stored: 'priority' | 'xpriority'): JobColumn {
  const test: JobColumn['test'] = (predicate) => {
    const fits = SIZES.includes(predicate.operator) ? placeTest(predicate) : nameTest(predicate)
    return oneOf(stored, ALL_PRIORITIES.filter(fits), ALL_PRIORITIES.length)
  }
  const show: JobColumn['show'] = (value) => showPriority(Number(value))
  return { name, about, type: 'string', needs: [stored], show, test, orderBy: stored }
}

const PLACE: NumberReading = { read: readPriority, takes: 'a number from 1 to 15 or one of low, normal, high and top' }

function placeTest(predicate: Predicate): (priority: number) => boolean {
  const { operator, values } = numeric(predicate, PLACE)
  return (priority) => values.some((wanted) => relates(operator, priority, wanted))
}

function nameTest(predicate: Predicate): (priority: number) => boolean {
  const fits = wordTest(predicate, (text) => {
    const priority = readPriority(text)
    return priority === undefined ? text : showPriority(priority)
  })
  return (priority) => fits(showPriority(priority))
}

/** Whether a word satisfies the predicate; values to be equal to are first read as words, whatever their case. */
function wordTest(predicate: Predicate, read: (text: string) => string): (word: string) => boolean {
  const { operator, negated, values } = checkedPatterns(testOf(predicate, ''))
  const wanted = operator === 'equal' ? values.map(read) : values
  return (word) => wanted.some((value) => relates(operator, word, value)) !== negated
}
