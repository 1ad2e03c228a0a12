/**
 * A job's environment on its way past a process that still is root. Variables like LD_PRELOAD make the loader run what they
 * name, so that they must not be seen before the account has changed. Pure.
 */

/** Names that bash, where it is the shell, does not let anybody set. */
const READ_ONLY = ['UID', 'EUID', 'PPID', 'GROUPS', 'SHELLOPTS', 'BASHOPTS', 'BASH_VERSINFO']
const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Shell text that sets what a shell can set of an environment. */
export function exportsOf(variables: readonly (readonly [name: string, value: string])[]): string {
  const settable = variables.filter(([name]) => SHELL_NAME.test(name) && !READ_ONLY.includes(name))
  return settable.map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`).join('')
}
