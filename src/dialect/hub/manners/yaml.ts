/** YAML as a client may send it: bounded, since it can grow where JSON cannot. */

import { stringify } from 'yaml'
import { messageOf } from '../../../base/errors.ts'
import { parseYaml } from '../../../base/yaml.ts'
import { withDetail } from './refused.ts'

/** Reading takes a hundred times as long as JSON, on the thread that answers everybody: 0.1 s for the worst of these. */
const MOST_CHARACTERS = 1 << 15

/** @throws Refused with 400, saying where it breaks */
export function readYaml(text: string): unknown {
  if (text.length > MOST_CHARACTERS)
    throw withDetail(400, `YAML parse error - at most ${MOST_CHARACTERS} characters are read; send it as JSON`)
  try {
    return parseYaml(text)
  } catch (error) {
    throw withDetail(400, `YAML parse error - ${messageOf(error).slice(0, 600)}`)
  }
}

export function writeYaml(value: unknown): string {
  // Through JSON, so that both forms say the same and no anchors stand for what is there twice.
  return stringify(JSON.parse(JSON.stringify(value)), { aliasDuplicateObjects: false })
}
