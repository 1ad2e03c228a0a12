/** The kinds of fields that jobs have: what each needs of the store, how it is shown, and how a predicate reaches it. */

import type { FieldValue, JobField, NumberField, TextField } from '../../../../job/field.ts'
import type { Filter } from '../../../../job/filter.ts'
import type { Cell, Field, FieldType } from '../field.ts'
import {
  everythingIf,
  type NumberReading,
  onConstant,
  onNumber,
  onOptionalNumber,
  onText,
  refusal,
  TRUTH,
  WHOLE_NUMBER,
} from '../rule/condition.ts'

/** A field of jobs. */
export interface JobColumn extends Field<JobField> {
  /** Two at most: `show` gets their values in this order. */
  needs: readonly JobField[]
  show(first: FieldValue, second: FieldValue): Cell
}

/** Fields and their meaning, as tables write them down. */
export type Named = readonly [name: string, about: string]

export function text([name, about]: Named, stored: TextField): JobColumn {
  const test: JobColumn['test'] = (predicate) => onText(stored, predicate)
  return { name, about, type: 'string', needs: [stored], show: (value) => value ?? '', test, orderBy: stored }
}

/** A number that every job has. */
export function number([name, about]: Named, stored: NumberField, reading: NumberReading = WHOLE_NUMBER): JobColumn {
  const test: JobColumn['test'] = (predicate) => onNumber(stored, predicate, reading)
  return { name, about, type: 'integer', needs: [stored], show: (value) => value ?? 0, test, orderBy: stored }
}

/** Yes or no, stored as 1 or 0. */
export function truth(named: Named, stored: NumberField): JobColumn {
  return { ...number(named, stored, TRUTH), type: 'boolean' }
}

/** A number that a job may not have yet: `absent` is shown for it, and is less than any that it may have. */
export function optional([name, about]: Named, stored: NumberField, absent: number): JobColumn {
  const test: JobColumn['test'] = (predicate) => onOptionalNumber(stored, predicate, absent)
  return { name, about, type: 'integer', needs: [stored], show: (value) => value ?? absent, test, orderBy: stored }
}

/** A text that stands for a stored number, as `000045080` for 45080; compared as a number. */
export interface Coding extends NumberReading {
  show(stored: number): string
}

export function coded([name, about]: Named, stored: NumberField, coding: Coding): JobColumn {
  const show: JobColumn['show'] = (value) => coding.show(Number(value))
  const test: JobColumn['test'] = (predicate) =>
    predicate.operator === 'present' ? everythingIf(true) : onNumber(stored, predicate, coding)
  return { name, about, type: 'string', needs: [stored], show, test, orderBy: stored }
}

/** Another field made readable: it orders as that one, and cannot be tested. */
export function pretty([name, about]: Named, base: JobColumn, show: (value: number) => string): JobColumn {
  const test: JobColumn['test'] = (predicate) => {
    throw refusal(predicate, `is for reading only; test ${base.name} instead (${base.about})`)
  }
  const showCell: JobColumn['show'] = (value) => show(Number(value ?? 0))
  return { name, about, type: 'string', needs: base.needs, show: showCell, test, orderBy: base.orderBy }
}

/** Made of other fields when it is shown: it can neither be tested nor ordered by. */
export function derived([name, about]: Named, made: Pick<JobColumn, 'type' | 'needs' | 'show'>): JobColumn {
  const test: JobColumn['test'] = (predicate) => {
    throw refusal(predicate, 'is made when it is shown and cannot be tested; test the fields that it is made of')
  }
  return { name, about, ...made, test, orderBy: undefined }
}

/** The same for every job. */
export function constant([name, about]: Named, value: Cell, type: FieldType): JobColumn {
  const test: JobColumn['test'] = (predicate) => onConstant(value, predicate)
  return { name, about, type, needs: [], show: () => value, test, orderBy: 'id' }
}

/** A filter for the members of a closed list: none, all, or these. */
export function oneOf<V extends string | number>(
  stored: JobField,
  values: readonly V[],
  all: number,
): Filter<JobField> {
  if (values.length === 0 || values.length === all) return everythingIf(values.length === all)
  return { kind: 'compare', field: stored, operator: 'equal', values }
}
