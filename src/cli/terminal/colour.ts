/**
 * States in colour: those of the Accelerator (Job Status: the colours of its console, as far as a terminal has them) and
 * those of the Hub.
 */

import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const STYLES: Readonly<Record<string, Style>> = {
  Idle: 'magenta',
  Queued: 'cyan',
  Running: 'yellow',
  Done: 'green',
  Failed: 'red',
  Suspended: 'magentaBright',
  Sleeping: 'inverse',
  Withdrawn: 'gray',
  Transfer: 'whiteBright',
  PENDING: 'cyan',
  STARTED: 'yellow',
  SUCCESS: 'green',
  FAILURE: 'red',
  ERROR: 'red',
  PAUSED: 'magenta',
  CANCELLED: 'gray',
  SKIPPED: 'gray',
}

/** The word in its state's colour; any other text stays as it is. */
export function colourState(text: string): string {
  const style = STYLES[text.trim()]
  return style ? styleText(style, text, { validateStream: false }) : text
}
