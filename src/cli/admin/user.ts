/** `yardmaster user …`: the accounts that may sign in. */

import { Command } from 'commander'
import { type Accounts, createAccounts } from '../../auth/accounts.ts'
import { createPasswords } from '../../auth/password.ts'
import { UserError } from '../failure.ts'
import { askPassword, readPasswordStdin } from '../terminal/password.ts'
import { renderTable } from '../terminal/table.ts'
import { localTime } from '../terminal/text.ts'
import { clock, DATA_OPTION, dataDirFor, withStore } from './data-directory.ts'

interface UserOptions {
  data?: string
  role?: string[]
  passwordStdin?: boolean
  json?: boolean
}

export function userCommand(): Command {
  const many = (value: string, before: string[] = []) => [...before, value]
  const user = new Command('user').description('accounts that may sign in; works with the server up or down')
  const verb = (words: string, about: string) =>
    user
      .command(words)
      .description(about)
      .option(...DATA_OPTION)
      .option('--json', 'print JSON')
  verb('add <name>', 'add an account')
    .option('--role <role>', 'user, admin, support, manager, api or readonly; may be given again (user)', many)
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .action(add)
  verb('list', 'list the accounts').action(list)
  verb('passwd <name>', 'set another password; tokens of the account become worthless')
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .action(passwd)
  verb('role <name> <roles...>', 'set the roles; tokens of the account become worthless').action(role)
  verb('remove <name>', 'remove an account').action(remove)
  return user
}

async function add(name: string, options: UserOptions): Promise<void> {
  const password = await newPassword(name, options)
  const roles = options.role ?? ['user']
  await withAccounts(options, (accounts) => accounts.add(name, password, roles))
  tell(options, { name, roles }, `account ${name} is added with the role ${roles.join(', ')}`)
}

async function list(options: UserOptions): Promise<void> {
  const accounts = await withAccounts(options, (some) => some.list())
  const rows = accounts.map(({ name, roles, hasPassword, createdAt }) => {
    return [name, roles.join(' '), hasPassword ? 'here' : 'host', localTime(createdAt / 1000)]
  })
  const columns = ['NAME', 'ROLES', 'PASSWORD', 'SINCE'].map((heading) => ({ heading }))
  const text = renderTable(columns, rows, { width: undefined })
  tell(options, accounts, accounts.length > 0 ? text : 'there are no accounts yet; the first start makes one')
}

async function passwd(name: string, options: UserOptions): Promise<void> {
  const password = await newPassword(name, options)
  await withAccounts(options, (accounts) => accounts.setPassword(name, password))
  tell(options, { name }, `the password of ${name} is set`)
}

async function role(name: string, roles: string[], options: UserOptions): Promise<void> {
  await withAccounts(options, (accounts) => accounts.setRoles(name, roles))
  tell(options, { name, roles }, `${name} has the role ${roles.join(', ')}`)
}

async function remove(name: string, options: UserOptions): Promise<void> {
  await withAccounts(options, (accounts) => accounts.remove(name))
  tell(options, { name }, `account ${name} is removed; its jobs stay`)
}

function withAccounts<Result>(options: UserOptions, work: (accounts: Accounts) => Promise<Result>): Promise<Result> {
  return withStore(dataDirFor(options), ({ users }) =>
    work(createAccounts({ users, passwords: createPasswords(), clock })),
  )
}

async function newPassword(name: string, { passwordStdin }: UserOptions): Promise<string> {
  if (passwordStdin) return readPasswordStdin()
  const password = await askPassword(`New password of ${name}: `)
  if (password === undefined) {
    throw new UserError('there is no terminal to ask for the password on; pipe it in with --password-stdin')
  }
  if (password !== (await askPassword('Again: '))) throw new UserError('the two passwords differ; nothing was changed')
  return password
}

function tell({ json }: UserOptions, value: unknown, sentence: string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : sentence}\n`)
}
