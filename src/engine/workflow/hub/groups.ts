/**
 * Groups of people. `Administrators` and `Users` are who has that role, and cannot be changed here; the others are kept for
 * those who look after people, and give no rights: what a user may touch is for the file system to say.
 */

import { type Caller, permit } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import type { UserStore } from '../../../store/store.ts'
import type { SmallFactsParts } from './small-facts.ts'

export interface Group {
  id: number
  name: string
  description: string
  members: readonly string[]
}

export interface Groups {
  list(caller: Caller): Promise<Group[]>
  /** @throws invalid naming the key, conflict, forbidden */
  create(caller: Caller, group: Omit<Group, 'id'>): Promise<Group>
  /** @throws not_found too */
  change(caller: Caller, id: number, changes: Partial<Omit<Group, 'id'>>): Promise<Group>
  remove(caller: Caller, id: number): Promise<void>
}

const KIND = 'group'
const NAME = /^\S{1,150}$/
const MOST_MEMBERS = 10_000
/** Below the numbers of those that are stored, which begin behind them. */
const STANDARD = [
  { id: 1, name: 'Administrators', description: 'Configure and manage all sites.' },
  { id: 2, name: 'Users', description: 'See all sites, and work with what they may read there.' },
] as const

export function createGroups(parts: SmallFactsParts & { users: Pick<UserStore, 'list'> }): Groups {
  const { store, users, clock } = parts
  const stored = async (): Promise<Group[]> =>
    (await store.documents(KIND)).map(({ id, name, value }) => ({
      name,
      ...(value as Omit<Group, 'id' | 'name'>),
      id: id + STANDARD.length,
    }))
  const all = async () => [...(await standardGroups(users)), ...(await stored())]
  const find = async (id: number) => {
    const group = (await all()).find((one) => one.id === id)
    if (!group) throw new DomainError('not_found', `There is no group ${id}.`)
    if (id <= STANDARD.length)
      throw new DomainError('conflict', `The group ${group.name} is made of roles; give or take the role instead.`)
    return group
  }
  const check = async ({ name, members, description }: Omit<Group, 'id'>, own?: number) => {
    if (!NAME.test(name)) throw refused('name', 'A name has 1 to 150 characters, and no blanks.')
    if (description.length > 1000) throw refused('description', 'Ensure this field has no more than 1000 characters.')
    if (members.length > MOST_MEMBERS) throw refused('members', 'There are too many members.')
    const twin = (await all()).find((one) => one.name === name && one.id !== own)
    if (twin) throw new DomainError('conflict', 'This field must be unique.', { field: 'name' })
  }
  return {
    async list(caller) {
      permit(caller, 'view', caller.user)
      return all()
    },
    async create(caller, { name, description, members }) {
      permit(caller, 'administer', caller.user)
      await check({ name, description, members })
      const id = await store.insertDocument(KIND, name, { description, members }, clock.now())
      return { id: id + STANDARD.length, name, description, members }
    },
    async change(caller, id, changes) {
      permit(caller, 'administer', caller.user)
      const after = { ...(await find(id)), ...changes, id }
      await check(after, id)
      const { name, description, members } = after
      await store.replaceDocument(KIND, id - STANDARD.length, { name, description, members })
      return after
    },
    async remove(caller, id) {
      permit(caller, 'administer', caller.user)
      await find(id)
      await store.removeDocument(KIND, id - STANDARD.length)
    },
  }
}

async function standardGroups(users: Pick<UserStore, 'list'>): Promise<Group[]> {
  const people = await users.list()
  const isAdmin = ({ roles }: { roles: readonly string[] }) => roles.includes('admin')
  const [admins, others] = [people.filter(isAdmin), people.filter((one) => !isAdmin(one))]
  return STANDARD.map((group, index) => ({
    ...group,
    members: (index === 0 ? admins : others).map(({ name }) => name),
  }))
}

function refused(field: string, message: string): DomainError {
  return new DomainError('invalid', message, { field })
}
