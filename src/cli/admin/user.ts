/** `yardmaster user …`: the accounts that may sign in. */

import { Command, Option } from 'commander'
import { type Accounts, createAccounts, type PersonData } from '../../auth/accounts.ts'
import { createPasswords } from '../../auth/password.ts'
import { ACCOUNT_SOURCES, type AccountSource } from '../../store/store.ts'
import { UserError } from '../failure.ts'
import { askPassword, readPasswordStdin } from '../terminal/password.ts'
import { renderTable } from '../terminal/table.ts'
import { localTime } from '../terminal/text.ts'
import { clock, DATA_OPTION, dataDirFor, withStore } from './data-directory.ts'

interface UserOptions {
  data?: string
  role?: string[]
  project?: string[]
  fullName?: string
  email?: string
  source?: AccountSource
  /** False for --no-password. */
  password?: boolean
  passwordStdin?: boolean
  json?: boolean
}

const many = (value: string, before: string[] = []) => [...before, value]
const PASSWORD_STDIN = ['--password-stdin', 'read the password from standard input instead of asking for it'] as const

export function userCommand(): Command {
  const user = new Command('user').description('accounts that may sign in; works with the server up or down')
  verb(user, 'add <name>', 'add an account')
    .option('--role <role>', 'user, admin, support, manager, api or readonly; may be given again (user)', many)
    .option('--project <project>', 'a project whose jobs a manager sees; may be given again', many)
    .option('--full-name <name>', 'as the person writes it')
    .option('--email <address>', 'where the person can be reached')
    .option(...PASSWORD_STDIN)
    .option('--no-password', 'for a program with the role api alone, which signs in with tokens')
    .addOption(new Option('--source <source>', 'who knows the password, if not this server').choices(ACCOUNT_SOURCES))
    .action(add)
  verb(user, 'list', 'list the accounts').action(list)
  verb(user, 'passwd <name>', 'set another password; tokens of the account become worthless')
    .option(...PASSWORD_STDIN)
    .action(passwd)
  verb(user, 'role <name> <roles...>', 'set the roles; tokens of the account become worthless').action(role)
  const project = user.command('project').description('the projects whose jobs a manager sees')
  verb(project, 'add <name> <project>', 'let a manager see one more').action(addProject)
  verb(project, 'remove <name> <project>', 'let a manager see one less').action(removeProject)
  verb(user, 'remove <name>', 'remove an account').action(remove)
  verb(user, 'sync', 'make the accounts as the LDAP directory has them').action(sync)
  return user
}

function verb(command: Command, words: string, about: string): Command {
  return command
    .command(words)
    .description(about)
    .option(...DATA_OPTION)
    .option('--json', 'print JSON')
}

async function add(name: string, options: UserOptions): Promise<void> {
  const { role: roles = ['user'], fullName = '', email = '', project: projects = [], source = 'local' } = options
  const person: PersonData = { fullName, email, projects, source }
  const password = options.password === false || source !== 'local' ? '' : await newPassword(name, options)
  await withAccounts(options, (accounts) => accounts.add(name, password, roles, person))
  tell(options, { name, roles, ...person }, `account ${name} is added with the role ${roles.join(', ')}`)
}

async function list(options: UserOptions): Promise<void> {
  const accounts = await withAccounts(options, (some) => some.list())
  const rows = accounts.map(({ name, roles, source, hasPassword, createdAt, projects, fullName }) => {
    const password = hasPassword ? 'here' : source === 'local' ? 'none' : source
    return [name, roles.join(' '), password, localTime(createdAt / 1000), projects.join(' '), fullName]
  })
  const columns = ['NAME', 'ROLES', 'PASSWORD', 'SINCE', 'PROJECTS', 'FULL NAME'].map((heading) => ({ heading }))
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

async function addProject(name: string, project: string, options: UserOptions): Promise<void> {
  await withAccounts(options, (accounts) => accounts.addProject(name, project))
  tell(options, { name, project }, `${name} sees the jobs of ${project}`)
}

async function removeProject(name: string, project: string, options: UserOptions): Promise<void> {
  await withAccounts(options, (accounts) => accounts.removeProject(name, project))
  tell(options, { name, project }, `${name} sees the jobs of ${project} no more`)
}

async function sync(options: UserOptions): Promise<void> {
  // Loaded only now: no other verb needs the settings, nor what speaks LDAP.
  const { synchronizeAccounts } = await import('./directory.ts')
  const outcome = await synchronizeAccounts(dataDirFor(options))
  tell(options, outcome, `${outcome.added} accounts are added, ${outcome.removed} removed`)
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
