/** Which certificates a program of ours believes. */

import { selfSignedCertificates, trustedDataDir } from '../server-file.ts'
import type { Trust } from './http-client.ts'

/** Those that the server of a trusted data directory signed itself count too. */
export async function trustFor(
  url: string,
  insecure: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Trust> {
  const dataDir = url.startsWith('https:') && !insecure ? await trustedDataDir(env) : undefined
  return { insecure, certificates: dataDir ? await selfSignedCertificates(dataDir) : [] }
}
