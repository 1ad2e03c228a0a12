/** One line a figure: ours, the reference of the same run, the ratio, and the floor that it must keep. */

export interface Figure {
  question: string
  ours: string
  reference: string
  ratio?: number
  /** The ratio (or the sentence) that the design asks for. */
  floor: string
  kept: boolean
}

const shown: Figure[] = []

export function report(figure: Figure): void {
  shown.push(figure)
  const { question, ours, reference, ratio, floor, kept } = figure
  const compared = ratio === undefined ? '' : `, ratio ${ratio.toFixed(2)}`
  process.stdout.write(
    `${kept ? 'kept  ' : 'MISSED'}  ${question}: ${ours}; reference ${reference}${compared}; floor ${floor}\n`,
  )
}

export function allKept(): boolean {
  return shown.every(({ kept }) => kept)
}

export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`
}

/** The value below which the share of the sorted values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
