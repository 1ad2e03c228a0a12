/** What a write takes from a program that runs as its owner, unless root writes, is given back: the program is the same. */

import { fchmodSync, fstatSync } from 'node:fs'

const RIGHTS = 0o7777
const SET_ID = 0o6000

/** Nothing where somebody changed the mode meanwhile. @throws EPERM to others than the owner */
export function keepRights(fd: number, before: number): void {
  const now = fstatSync(fd).mode & RIGHTS
  const was = before & RIGHTS
  if (now !== was && (now | SET_ID) === (was | SET_ID)) fchmodSync(fd, was)
}
