/** `POST /token`: a name and a password made an access token (Accelerator tutorial 2024.1, JWT Token Allocation). */

import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import type { SignIn } from '../../auth/sign-in.ts'
import { TOKEN_KEYS, tokenSchema } from './schema.ts'

interface TokenBody {
  username: string
  password: string
}

/** Forms are read here and nowhere else, so that a job sent as a form is told to come as JSON. */
export async function tokenRoute(scope: FastifyInstance, { signIn }: { signIn: Pick<SignIn, 'issue'> }): Promise<void> {
  await scope.register(formbody)
  const options = { schema: tokenSchema, config: { bodyKeys: TOKEN_KEYS } }
  scope.post<{ Body: TokenBody }>('/token', options, async ({ body, ip }) => {
    const { token, expiresInSeconds } = await signIn.issue({ username: body.username, password: body.password }, ip)
    return { token_type: 'Bearer', access_token: token, expires_in: expiresInSeconds }
  })
}
