/**
 * Passwords of the host's own accounts, checked by a program of the host: `checkpassword-pam` where it is installed, which
 * asks all of PAM (also accounts from LDAP or SSSD), else `unix_chkpwd`, which comes with PAM and knows /etc/shadow.
 * A password reaches it through a pipe, never as an argument.
 */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { DomainError } from '../base/errors.ts'

export interface LinuxAccounts {
  /** Whether the password is right and the account may be used. @throws unavailable when nobody can tell */
  verify(user: string, password: string): Promise<boolean>
  /** Why passwords cannot be checked here, or only that of one account; null when all can. */
  obstacle(): string | null
}

export interface LinuxAccountOptions {
  /** The account that this process runs as. */
  own: { name: string; uid: number }
  /** Paths, the first that exists is taken; a test may say others. */
  checkPasswordPam?: readonly string[]
  unixChkpwd?: readonly string[]
  timeoutMs?: number
}

/** A program's run: what it is started with and what is written to it, on which file descriptor. */
interface Run {
  program: string
  args: readonly string[]
  input: string
  inputFd: 0 | 3
}

type Check = (user: string, password: string, run: (run: Run) => Promise<number>) => Promise<boolean>

const CHECKPASSWORD_PAM = ['/usr/bin/checkpassword-pam', '/usr/local/bin/checkpassword-pam']
const UNIX_CHKPWD = ['/usr/sbin/unix_chkpwd', '/sbin/unix_chkpwd']
/**
 * The first that the host knows; `vovauth` and `ftauth` are the original's (Use PAM for Browser Authentication). Not `su`,
 * which the original tries as well: it lets root in without a password, and the server is root.
 */
const SERVICES = ['yardmaster', 'vovauth', 'ftauth', 'system-auth', 'login']
/** PAM itself waits some seconds after a wrong password. */
const TIMEOUT_MS = 15_000
const LONGEST = 500

export function createLinuxAccounts(options: LinuxAccountOptions): LinuxAccounts {
  const { own, timeoutMs = TIMEOUT_MS } = options
  const pam = (options.checkPasswordPam ?? CHECKPASSWORD_PAM).find((path) => existsSync(path))
  const unix = (options.unixChkpwd ?? UNIX_CHKPWD).find((path) => existsSync(path))
  const check = pam ? askPam(pam) : unix ? askUnix(unix) : undefined
  const run = (one: Run) => exitOf(one, timeoutMs)
  return {
    async verify(user, password) {
      if (!check || (own.uid !== 0 && own.name !== user)) return false
      // A NUL would end the password early for the program that reads it.
      if (password === '' || password.includes('\0') || Buffer.byteLength(password) > LONGEST) return false
      return check(user, password, run)
    },
    obstacle() {
      if (!check)
        return 'no Linux password can be checked: install the package checkpassword-pam (or libpam-modules-bin)'
      if (own.uid !== 0)
        return `only ${own.name} can sign in with a Linux password, because the server does not run as root`
      return null
    },
  }
}

/** The protocol of checkpassword: name, password and a time on descriptor 3; 0 for yes, 1 for no. */
function askPam(program: string): Check {
  const service = SERVICES.find((name) => existsSync(`/etc/pam.d/${name}`)) ?? 'other'
  const args = ['--service', service, '--noenv', '--', '/bin/true']
  return async (user, password, run) => {
    const status = await run({ program, args, input: `${user}\0${password}\0Y0\0`, inputFd: 3 })
    if (status > 1)
      throw new DomainError('unavailable', 'Linux passwords cannot be checked at this moment; try again', {
        program,
        status,
      })
    return status === 0
  }
}

/** The protocol that pam_unix speaks: the password with a NUL; then, whether the account has expired. 0 for yes. */
function askUnix(program: string): Check {
  return async (user, password, run) => {
    const isRight = (await run({ program, args: [user, 'nonull'], input: `${password}\0`, inputFd: 0 })) === 0
    return isRight && (await run({ program, args: [user, 'chkexpiry'], input: '', inputFd: 0 })) === 0
  }
}

/** The exit code. @throws unavailable when the program does not start, or not end in time */
function exitOf({ program, args, input, inputFd }: Run, timeoutMs: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const stdio = ['pipe', 'ignore', 'ignore', inputFd === 3 ? 'pipe' : 'ignore'] as const
  const child = spawn(program, args, {
    stdio: [...stdio],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  const failed = (details: object, cause?: unknown) =>
    reject(
      new DomainError(
        'unavailable',
        'Linux passwords cannot be checked at this moment; try again',
        { program, ...details },
        cause,
      ),
    )
  child.on('error', (error) => failed({}, error))
  child.on('close', (code, signal) => (code === null ? failed({ signal }) : resolve(code)))
  const pipe = child.stdio[inputFd] as Writable
  // A program that ends before it has read everything has said what it thinks by its exit code.
  pipe.on('error', () => {})
  pipe.end(input)
  if (inputFd !== 0) child.stdin?.end()
  return promise
}
