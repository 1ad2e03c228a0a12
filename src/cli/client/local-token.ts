/** On the server's own machine: whoever owns the data directory can sign in without a password, since the keys are theirs. */

export interface LocalRequest {
  url: string
  user: string
  env: Readonly<Record<string, string | undefined>>
}

export async function localToken(_request: LocalRequest): Promise<{ token: string; expiresAt: number } | undefined> {
  return undefined
}
