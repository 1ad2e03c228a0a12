/** The page around Swagger UI: our head, a sign-in that asks only for name and password, and the address it was opened at. */

import { escapeHtml, htmlPage } from './html.ts'

export interface Explorer {
  title: string
  version: string
  documentPath: string
  basePath: string
  /** Where the page's files are. */
  assets: string
}

export function explorerPage({ title, version, documentPath, basePath, assets }: Explorer): string {
  const body = `<header class="bar">
<a class="home" href="/">Yardmaster</a><span>${escapeHtml(title)}</span><span class="version">${escapeHtml(version)}</span>
<a class="document" href="${escapeHtml(documentPath)}">openapi.json</a>
</header>
<div id="explorer" data-document="${escapeHtml(documentPath)}" data-base="${escapeHtml(basePath)}"></div>
<noscript><p>This page needs JavaScript. The same description stands in <a href="${escapeHtml(documentPath)}">openapi.json</a>.</p></noscript>`
  const styles = [`${assets}/swagger-ui.css`, `${assets}/explorer.css`]
  return htmlPage({ title, body, styles, scripts: [`${assets}/swagger-ui-bundle.js`, `${assets}/explorer.js`] })
}

/**
 * Runs in the browser. The address that the page was opened at comes first among the servers, because "Try it out" can
 * call only where it came from (through a tunnel, by an IP address), whatever name the server knows itself by.
 */
export const explorerScript = `const place = document.getElementById('explorer')
const here = location.origin + place.dataset.base
fetch(place.dataset.document)
  .then((answer) => answer.json())
  .then((spec) => {
    const others = (spec.servers ?? []).filter((server) => server.url !== here)
    spec.servers = [{ url: here }, ...others]
    window.explorer = SwaggerUIBundle({
      spec,
      domNode: place,
      deepLinking: true,
      validatorUrl: null,
      docExpansion: 'list',
      defaultModelsExpandDepth: -1,
      displayRequestDuration: true,
      syntaxHighlight: { theme: 'idea' },
    })
  })
  .catch((error) => {
    place.textContent = 'The description of the API could not be read: ' + error
  })
`

/** Our bar; and without the fields of OAuth2 clients in the sign-in, since people are the only clients here. */
export const explorerStyle = `body { margin: 0; background: #fafbfc }
.bar { display: flex; gap: 1rem; align-items: baseline; padding: .8rem 1.5rem; background: #14212e; color: #dfe8f0; font: 15px/1.4 system-ui, sans-serif }
.bar a { color: #8cc4ff; text-decoration: none }
.bar .home { color: #fff; font-weight: 700 }
.bar .version { color: #93a4b4 }
.bar .document { margin-left: auto }
.swagger-ui .info { margin: 1.6rem 0 }
.swagger-ui .info .title { font-size: 1.7rem }
.swagger-ui .scheme-container { padding: 1rem 0; box-shadow: none; border-bottom: 1px solid #e3e8ed }
.swagger-ui .auth-container .wrapper:has(> section > #password_type),
.swagger-ui .auth-container .wrapper:has(> section > #client_id_password),
.swagger-ui .auth-container .wrapper:has(> section > #client_secret_password),
.swagger-ui .auth-container .scope-def,
.swagger-ui .auth-container .flow { display: none }
`
