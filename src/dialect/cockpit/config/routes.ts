/** What administrators set in a browser: accounts, the notice, taggers (spec/cockpit.md 1.13). */

import type { Accounts } from '../../../auth/accounts.ts'
import type { Role } from '../../../auth/caller.ts'
import { DomainError, isDomainError } from '../../../base/errors.ts'
import type { Taggers } from '../../../engine/record/taggers.ts'
import { sendJson, sendNothing, sendText } from '../answer.ts'
import { type Form, readForm } from '../body/form.ts'
import type { Route } from '../route.ts'
import { changeAccount } from '../user/read.ts'
import { listAccounts } from '../user/routes.ts'
import {
  accountsSchema,
  addAccountSchema,
  changeAccountSchema,
  noticeSchema,
  removeAccountSchema,
  rolesSchema,
  runTaggerSchema,
  taggersSchema,
} from './schema.ts'

export interface ConfigParts {
  accounts: Accounts
  taggers: Taggers
  /** '' for none. */
  setNotice(text: string): Promise<void>
}

export function configRoutes(parts: ConfigParts): Route[] {
  return [
    {
      methods: ['GET'],
      path: '/roles/',
      schema: rolesSchema,
      handle: (_request, reply) => sendJson(reply, BY_RANK),
    },
    ...accountRoutes(parts.accounts),
    noticeRoute(parts),
    ...taggerRoutes(parts.taggers),
  ]
}

/** The original's roles by rank, then ours. */
const BY_RANK: readonly Role[] = ['api', 'user', 'manager', 'support', 'admin', 'readonly']

function accountRoutes(accounts: Accounts): Route[] {
  return [
    {
      methods: ['GET'],
      path: '/users/',
      schema: accountsSchema,
      handle: async ({ query }, reply) => sendJson(reply, await listAccounts(accounts, query)),
    },
    {
      methods: ['POST', 'PUT'],
      path: '/users/',
      schema: addAccountSchema,
      async handle(request, reply) {
        const form = readForm(request)
        await addAccount(accounts, form)
        return sendText(reply, `User ${form.get('username')} successfully created!\n`)
      },
    },
    {
      methods: ['DELETE'],
      path: '/users/',
      schema: removeAccountSchema,
      async handle(request, reply) {
        await removeAccount(accounts, readForm(request).get('username'))
        return sendNothing(reply)
      },
    },
    {
      methods: ['POST'],
      path: '/user/:id',
      schema: changeAccountSchema,
      async handle(request, reply) {
        const form = readForm(request)
        const change = (name: string) => form.get(name)
        const done = await changeAccount(accounts, request.params.id!, {
          'add-role': change('add-role'),
          'remove-role': change('remove-role'),
          'add-project': change('add-project'),
          'remove-project': change('remove-project'),
        })
        return sendJson(reply, { msg: done })
      },
    },
  ]
}

async function addAccount(accounts: Accounts, form: Form): Promise<void> {
  const project = form.get('project')
  await accounts.add(form.get('username'), form.get('password'), form.get('role').split(',').filter(Boolean), {
    fullName: form.get('name'),
    email: form.get('email'),
    projects: project === '' ? [] : [project],
  })
}

/** Nobody of that name is what was wished for. */
async function removeAccount(accounts: Accounts, name: string): Promise<void> {
  try {
    await accounts.remove(name)
  } catch (error) {
    if (!isDomainError(error, 'not_found')) throw error
  }
}

const LONGEST_NOTICE = 10_000

function noticeRoute({ setNotice }: ConfigParts): Route {
  return {
    methods: ['POST'],
    path: '/notice/',
    schema: noticeSchema,
    async handle(request, reply) {
      const content = readForm(request).get('new-content')
      if (content.length > LONGEST_NOTICE)
        throw new DomainError('invalid', `notice content exceeds maximum length of ${LONGEST_NOTICE} characters`)
      await setNotice(content)
      return sendText(reply, `${content === '' ? 'Empty' : 'Update'} Notice Content Success`)
    },
  }
}

function taggerRoutes(taggers: Taggers): Route[] {
  return [
    {
      methods: ['GET'],
      path: '/taggers/',
      schema: taggersSchema,
      handle: (_request, reply) => sendJson(reply, taggers.list()),
    },
    {
      methods: ['POST'],
      path: '/taggers/run/',
      schema: runTaggerSchema,
      statuses: { conflict: 409 },
      async handle(request, reply) {
        const name = readForm(request).get('name')
        if (name === '') throw new DomainError('invalid', 'missing required parameter: name')
        taggers.run(request.caller, name)
        return sendText(reply, `Tagger ${name} started`)
      },
    },
  ]
}
