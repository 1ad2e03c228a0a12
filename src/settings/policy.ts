/** `policy.tcl` and `setup.tcl` of the original, as far as their parameters have a counterpart among our settings. */

import { type Assignment, type SettingName, settingOf } from './setting.ts'
import { notUnderstood, type TclFile, type Understood, understand } from './tcl-file.ts'

interface Parameter {
  setting: SettingName
  /** Our value for the original's; undefined where it has no counterpart. */
  read?: (value: string) => string | undefined
}

/** Server Configuration Parameters, and the REST tutorial's prerequisites; names are case-insensitive. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  'ssl.enable': { setting: 'tls.enable' },
  'http.minsslversion': { setting: 'tls.min_version' },
  // The original's web port is open to the network, and 0 means that there is none.
  webport: { setting: 'accelerator.listen', read: (port) => (/^0*$/.test(port) ? undefined : `:${port}`) },
  autoforgetvalid: { setting: 'jobs.autoforget_valid' },
  autoforgetfailed: { setting: 'jobs.autoforget_failed' },
  autoforgetothers: { setting: 'jobs.autoforget_others' },
  enablepam: { setting: 'auth.providers', read: (flag) => (/^(1|true|yes|on)$/i.test(flag) ? 'local linux' : 'local') },
}

/** `set config(X) V`, `VovServerConfig X V` and `vtk_server_config X V`. */
export function readPolicy(file: TclFile): Understood<Assignment> {
  return understand(file, (words, origin) => {
    const [name, value] = parameterOf(words)
    if (name === undefined || value === undefined) return notUnderstood(words[0])
    const parameter = PARAMETERS[name.toLowerCase()]
    if (!parameter) return `the parameter ${name} has no counterpart here and has no effect`
    const ours = parameter.read ? parameter.read(value) : value
    if (ours === undefined) return `${name} ${value} has no counterpart here; the setting is ${parameter.setting}`
    return checked({ name: parameter.setting, value: ours, origin })
  })
}

/** `setenv VOV_HOST_HTTP_NAME NAME`, or `set env(…) NAME`: the name that printed URLs carry. */
export function readSetup(file: TclFile): Understood<Assignment> {
  return understand(file, (words, origin) => {
    const [name, value] = variableOf(words)
    if (name === undefined || value === undefined) return notUnderstood(words[0])
    if (name === 'VOV_HOST_HTTP_NAME') return checked({ name: 'http_name', value, origin })
    return `the variable ${name} is not used by this server and has no effect`
  })
}

type Pair = [name?: string | undefined, value?: string | undefined]

function parameterOf([command, first, second, ...rest]: string[]): Pair {
  if (rest.length > 0) return []
  if (command === 'set') return [/^config\((.+)\)$/.exec(first ?? '')?.[1], second]
  if (command === 'VovServerConfig' || command === 'vtk_server_config') return [first, second]
  return []
}

function variableOf([command, first, second, ...rest]: string[]): Pair {
  if (rest.length > 0) return []
  if (command === 'set') return [/^env\((.+)\)$/.exec(first ?? '')?.[1], second]
  return command === 'setenv' ? [first, second] : []
}

/** @throws invalid when the value does not fit its setting */
function checked(assignment: Assignment): Assignment {
  settingOf(assignment)
  return assignment
}
