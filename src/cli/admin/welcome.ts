/** What a person who starts the server reads; written at once, so that whoever passes it on has all of it or nothing. */

import type { RunningServer } from '../../server.ts'

/** Stands at the end of the text. */
export const WELCOME_END = 'is ready.'

/** The first password stands here and nowhere else: it goes to the terminal, never to a log. */
export function welcomeText(server: Pick<RunningServer, 'announcement' | 'firstSignIn'>, dataDir: string): string {
  const { version, urls, warnings } = server.announcement()
  const { firstSignIn } = server
  const lines = firstSignIn ? signInLines(firstSignIn) : []
  lines.push(...Object.entries(urls).map(([door, url]) => labelled(door, url)))
  if (urls.accelerator) lines.push(labelled('API page', `${urls.accelerator}/html/vovrest.html`))
  lines.push(labelled('data', dataDir), ...warnings.map((warning) => `Warning: ${warning}`))
  return `${[...lines, `Yardmaster ${version} ${WELCOME_END}`].join('\n')}\n`
}

function signInLines({ name, password }: { name: string; password: string }): string[] {
  return [
    'The first sign-in, shown only this once:',
    labelled('user', name),
    labelled('password', password),
    `Change the password with: yardmaster user passwd ${name}`,
    '',
  ]
}

function labelled(label: string, value: string): string {
  return `  ${label.padEnd(12)} ${value}`
}
