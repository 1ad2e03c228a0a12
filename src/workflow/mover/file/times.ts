/** Times of a file put back. Node hands them on as floating seconds, which at this time of the world are 0.24 µs apart. */

import { type BigIntStats, futimesSync } from 'node:fs'

const NS_PER_S = 1e9
/** Half a step of what Node can set, and some. */
const TOLERANCE_NS = 1000n

export function setTimes(fd: number, { atimeNs, mtimeNs }: Pick<BigIntStats, 'atimeNs' | 'mtimeNs'>): void {
  futimesSync(fd, secondsOf(atimeNs), secondsOf(mtimeNs))
}

/** The nearest that is not in the next second. */
function secondsOf(ns: bigint): number {
  return Number(ns / 1_000_000_000n) + Number(ns % 1_000_000_000n) / NS_PER_S
}

export function isSameTime(one: bigint, other: bigint): boolean {
  const difference = one - other
  return difference < TOLERANCE_NS && difference > -TOLERANCE_NS
}
