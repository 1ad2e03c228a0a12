/** The few pages that the server draws itself: one look, no scripts of others, safe to put any text in. */

/** Text as it stands in HTML, in an attribute as well as between tags. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export interface Page {
  title: string
  /** Markup, already escaped. */
  body: string
  /** Addresses of style sheets and scripts on this server. */
  styles?: readonly string[]
  scripts?: readonly string[]
}

export function htmlPage({ title, body, styles = [], scripts = [] }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
${styles.map((href) => `<link rel="stylesheet" href="${escapeHtml(href)}">`).join('\n')}
</head>
<body>
${body}
${scripts.map((src) => `<script src="${escapeHtml(src)}"></script>`).join('\n')}
</body>
</html>
`
}

/** The look of all of them, light and dark; served as a file of its own so that no inline style is needed. */
export const PAGE_STYLE = `:root { color-scheme: light dark; --ink: #1b2733; --soft: #5b6b7b; --line: #d8dfe6; --paper: #ffffff; --sheet: #f4f6f8; --accent: #0b6bcb }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa8b5; --line: #303b46; --paper: #12181f; --sheet: #1b232c; --accent: #6db3f8 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--sheet); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem }
h1 { font-size: 1.6rem; margin: 0 }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
a { color: var(--accent) }
code { font: .92em ui-monospace, "DejaVu Sans Mono", Menlo, monospace }
pre { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .85rem 1rem }
table { border-collapse: collapse; width: 100%; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem }
th, td { text-align: left; padding: .55rem .85rem; border-top: 1px solid var(--line); vertical-align: top }
tr:first-child > * { border-top: 0 }
th { width: 15rem; font-weight: 600 }
.soft { color: var(--soft) }
`
