/** The API page in a real browser: signing in on it, and a job submitted by "Try it out". */

import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDoor } from './door.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const isThere = existsSync(CHROMIUM)
if (!isThere) console.info(`docs-page: skipped, no browser at ${CHROMIUM} (apt-get install chromium, or set CHROMIUM)`)

describe.skipIf(!isThere)('the API page', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  })
  afterAll(() => browser.close())

  /** The page at a port of its own, and what the browser complained about or fetched from elsewhere. */
  async function openPage(): Promise<{ page: Page; troubles: string[]; origin: string }> {
    const { app } = await openDoor({ slots: 0 })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
    const page = await browser.newPage()
    const troubles: string[] = []
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('requestfailed', (request) => troubles.push(request.url()))
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(origin) && !url.startsWith('data:')) troubles.push(url)
    })
    await page.goto(`${origin}/html/vovrest.html`)
    await page.waitForSelector('#operations-jobs-createJob')
    return { page, troubles, origin }
  }

  async function signIn(page: Page, password: string): Promise<void> {
    await page.click('button.authorize')
    await page.fill('#oauth_username', 'alice')
    await page.fill('#oauth_password', password)
    await page.click('.auth-container button[aria-label="Apply given OAuth2 credentials"]')
  }

  test('signs in with name and password and submits a job by Try it out', async () => {
    const { page, troubles } = await openPage()
    await signIn(page, 'open')
    await page.waitForSelector('.auth-container button:has-text("Logout")')
    await page.click('button.close-modal')
    await page.click('#operations-jobs-createJob .opblock-summary-control')
    await page.click('#operations-jobs-createJob .try-out__btn')
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/v3/jobs'))
    await page.click('#operations-jobs-createJob button.execute')
    const response = await answered
    expect(response.status()).toBe(201)
    expect((await response.json()).jobid).toBeGreaterThan(1000)
    const shown = await page.waitForSelector('#operations-jobs-createJob .live-responses-table .response')
    expect(await shown.textContent()).toContain('"jobid"')
    expect(troubles).toEqual([])
  })

  test('offers the address that it was opened at, then those of the server', async () => {
    const { page, origin } = await openPage()
    expect(await page.locator('.servers option').allTextContents()).toEqual([
      `${origin}/api/v3`,
      'http://queue.example:6330/api/v3',
      'https://queue.example:6330/api/v3',
    ])
  })

  test('says what is wrong with a wrong password', async () => {
    const { page } = await openPage()
    await signIn(page, 'wrong')
    const error = await page.waitForSelector('.auth-container .errors')
    expect(await error.textContent()).toContain('wrong user name or password')
  })
})
