/** The page on which people sign in; it works without a script. */

import { escapeHtml, htmlPage, PAGE_STYLE } from '../../../http/html.ts'

export interface SignInPage {
  /** The queue's name. */
  name: string
  /** What everything here begins with, '' on a port of its own. */
  prefix: string
  hasOpenId: boolean
  /** What administrators want everybody to know; '' for nothing. */
  notice: string
  /** Where to go afterwards; '' for the standard. */
  redirect: string
  /** What went wrong; '' at the first visit. */
  complaint: string
  /** As it was typed. */
  username: string
}

export function signInPage(page: SignInPage): string {
  const { name, prefix, hasOpenId, notice, complaint } = page
  const body = `<main class="sign-in">
<h1>Sign in</h1>
<p class="soft">Yardmaster: ${escapeHtml(name)}</p>
${notice && `<p class="notice">${escapeHtml(notice)}</p>`}
${complaint && `<p class="complaint" role="alert">${escapeHtml(complaint)}</p>`}
${form(page)}
${hasOpenId ? `<p><a href="${escapeHtml(prefix)}/oidc-login">Sign in with the account of your organisation</a></p>` : ''}
</main>`
  return htmlPage({ title: `Sign in: ${name}`, body, styles: [`${prefix}/login.css`] })
}

function form({ prefix, username, redirect }: SignInPage): string {
  return `<form method="post" action="${escapeHtml(prefix)}/login">
<label for="username">User name</label>
<input id="username" name="username" value="${escapeHtml(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<input type="hidden" name="redirect" value="${escapeHtml(redirect)}">
<button type="submit">Sign in</button>
</form>`
}

export const SIGN_IN_STYLE = `${PAGE_STYLE}
.sign-in { max-width: 24rem }
form { display: grid; gap: .4rem; margin: 1.5rem 0 }
label { font-weight: 600 }
input { font: inherit; color: inherit; background: var(--paper); padding: .5rem .7rem; border: 1px solid var(--soft); border-radius: .4rem; margin-bottom: .6rem }
button { font: inherit; font-weight: 600; padding: .6rem; border: 0; border-radius: .4rem; background: var(--accent); color: var(--paper); cursor: pointer }
input:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.complaint, .notice { padding: .6rem .85rem; border-left: 4px solid var(--accent); background: var(--paper) }
.complaint { border-color: #c62828 }
`
