/** `ngclient features`: parts of the hub that can be switched. */

import { Command } from 'commander'
import { EXIT_OK, UserError } from '../failure.ts'
import { renderTable } from '../terminal/table.ts'
import { acting, type Invocation } from './invocation.ts'

interface Feature {
  name: string
  description: string
  enabled: boolean
}

export function featuresCommand(): Command {
  const features = new Command('features').description('parts of the hub that can be switched on and off')
  acting(features.command('list').description('list them'), list)
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    const command = features.command(`${verb} <name>`).description(`${verb} one; for administrators`)
    acting(command, (call: Invocation, name: string) => change(call, name, enabled))
  }
  return features
}

async function list({ hub, options, screen }: Invocation): Promise<number> {
  const features: Feature[] = []
  for await (const feature of (await hub()).rows<Feature>('features/')) features.push(feature)
  const columns = ['NAME', 'ENABLED', 'DESCRIPTION'].map((heading) => ({ heading }))
  const rows = features.map(({ name, enabled, description }) => [name, enabled ? 'yes' : 'no', description])
  if (options.json) screen.json(features)
  else if (rows.length > 0) screen.print(renderTable(columns, rows, { width: screen.width }))
  else screen.message('this hub has nothing to switch')
  return EXIT_OK
}

async function change({ hub, options, screen }: Invocation, name: string, enabled: boolean): Promise<number> {
  const path = `features/${encodeURIComponent(name)}/`
  const answer = await (await hub()).call<Feature | Feature[]>({ method: 'PATCH', path, body: { enabled } })
  // Some hubs answer all of them (spec/hub.md 2.6).
  const feature = [answer].flat().find((one) => one.name === name)
  if (!feature) throw new UserError(`the hub's answer does not mention ${name}`)
  if (options.json) screen.json(feature)
  else screen.print(`${name} is ${feature.enabled ? 'enabled' : 'disabled'}`)
  return EXIT_OK
}
