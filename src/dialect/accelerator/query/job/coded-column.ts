/** Fields of jobs that are stored in another form than they are shown in. */

import type { FieldValue } from '../../../../job/field.ts'
import { everythingIf, negatedIf, onText, refusal, testOf } from '../rule/condition.ts'
import type { JobColumn, Named } from './column.ts'

/** The name of a bucket as one word that needs no quotes. */
export function showBucket(bucket: string): string {
  return Buffer.from(bucket, 'utf8').toString('base64url')
}

export function bucketId([name, about]: Named): JobColumn {
  const test: JobColumn['test'] = (predicate) => {
    if (predicate.operator === 'present') return everythingIf(true)
    const { operator, negated, values } = testOf(predicate, '')
    if (operator !== 'equal') throw refusal(predicate, 'is a name without a meaning of its own; use == or !=')
    const buckets = values.map((value) => Buffer.from(value, 'base64url').toString('utf8'))
    return negatedIf(negated, { kind: 'compare', field: 'bucket', operator, values: buckets })
  }
  const show: JobColumn['show'] = (bucket) => showBucket(String(bucket ?? ''))
  return { name, about, type: 'string', needs: ['bucket'], show, test, orderBy: 'bucket' }
}

/** An empty list is stored as nothing or as `[]`. */
const NO_FILES = ['', '[]']

/** A list that is stored as JSON; tested as a whole (`==`), for being there, or for a part of a name (`^`). */
export function fileList([name, about]: Named, stored: 'inputs' | 'outputs'): JobColumn {
  const test: JobColumn['test'] = (predicate) => {
    const { operator, negated, values } = testOf(predicate, '')
    if (operator === 'contains' || operator === 'containsCaseless') return onText(stored, predicate)
    if (operator !== 'equal') throw refusal(predicate, 'is a list of files; use ^ for a part of a name, or == and !=')
    const lists = values.flatMap((value) => (value.trim() === '' ? NO_FILES : [listOf(value)]))
    return negatedIf(negated, { kind: 'compare', field: stored, operator, values: lists })
  }
  return { name, about, type: 'string', needs: [stored], show: showFiles, test, orderBy: stored }
}

function listOf(text: string): string {
  return JSON.stringify(text.trim().split(/\s+/))
}

function showFiles(stored: FieldValue): string {
  return stored ? (JSON.parse(String(stored)) as string[]).join(' ') : ''
}
