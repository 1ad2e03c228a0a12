/**
 * Prometheus' text format 0.0.4, read as strictly as its documentation has it (Exposition formats, Text format details);
 * numbers as Go's ParseFloat takes them, which is blind to the case of NaN and Inf.
 */

type Labels = Readonly<Record<string, string>>

interface TextSample {
  name: string
  labels: Labels
  value: number
}

interface Family {
  type: string
  help: string
  samples: TextSample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([Nn][Aa][Nn]|[+-]Inf|[-+0-9.eE]+)(?: (-?\\d+))?$`)
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/

/** @throws plain error for the first line that breaks the grammar */
export function readPrometheusText(text: string) {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, Family>()
  let current = ''
  for (const line of text.split('\n')) {
    const [help, type, sample] = [HELP.exec(line), TYPE.exec(line), SAMPLE.exec(line)]
    if (help) {
      current = help[1]!
      if (families.has(current)) throw new Error(`${current} comes twice`)
      families.set(current, { help: help[2]!, type: '', samples: [] })
    } else if (type) setType(families.get(type[1]!), type[2]!, line)
    else if (sample) addSample(families.get(current), current, readSample(sample))
    else if (line !== '') throw new Error(`no line of the format: ${line}`)
  }
  const all = [...families.values()].flatMap(({ samples }) => samples)
  const value = (name: string, labels: Labels = {}) => {
    const found = all.filter((sample) => sample.name === name && isSame(sample.labels, labels))
    if (found.length !== 1) throw new Error(`${found.length} samples of ${name} ${JSON.stringify(labels)}`)
    return found[0]!.value
  }
  return { families, value }
}

function setType(family: Family | undefined, type: string, line: string): void {
  if (family?.type !== '' || family.samples.length > 0) throw new Error(`out of place: ${line}`)
  family.type = type
}

function addSample(family: Family | undefined, name: string, sample: TextSample): void {
  const endings = { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] }
  const allowed = endings[family?.type as keyof typeof endings] ?? ['']
  if (!family?.type || !allowed.some((ending) => name + ending === sample.name)) {
    throw new Error(`${sample.name} is no sample of ${name}`)
  }
  if (family.samples.some((other) => other.name === sample.name && isSame(other.labels, sample.labels))) {
    throw new Error(`${sample.name} ${JSON.stringify(sample.labels)} comes twice`)
  }
  family.samples.push(sample)
}

function readSample([, name = '', labels = '', text = '']: RegExpExecArray): TextSample {
  const value = Number(text.replace('Inf', 'Infinity'))
  if (text.toLowerCase() !== 'nan' && Number.isNaN(value)) throw new Error(`${name} has no number: ${text}`)
  return { name, labels: readLabels(labels), value }
}

function readLabels(text: string): Labels {
  const labels: Record<string, string> = {}
  for (let rest = text; rest !== ''; ) {
    const found = LABEL.exec(rest)
    if (!found) throw new Error(`labels that cannot be read: ${text}`)
    labels[found[1]!] = found[2]!.replace(/\\(["\\n])/g, (_, letter) => (letter === 'n' ? '\n' : letter))
    rest = rest.slice(found[0].length)
  }
  return labels
}

function isSame(left: Labels, right: Labels): boolean {
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
}
