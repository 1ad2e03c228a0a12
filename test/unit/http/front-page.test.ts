import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { createApp } from '../../../src/http/app.ts'
import { serveFrontPage } from '../../../src/http/front-page.ts'

async function front(name: string) {
  const app = createApp({ log: silentLog })
  onTestFinished(() => app.close())
  const doors = () => [{ door: 'Accelerator', url: 'http://queue.example:6330' }]
  const pages = [{ title: 'REST API', path: '/html/vovrest.html', about: 'described' }]
  await serveFrontPage(app, { name, version: '0.1.0', doors, pages, firstSteps: () => ['nc run <file>'] })
  return app
}

test('the front page names the queue, its version, its address and its pages', async () => {
  const { body, headers } = await (await front('vnc')).inject('/')
  for (const part of [
    'vnc',
    '0.1.0',
    'http://queue.example:6330',
    'href="/html/vovrest.html"',
    'nc run &#60;file&#62;',
  ]) {
    expect(body).toContain(part)
  }
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(headers['strict-transport-security']).toBeUndefined()
})

test('a name is shown as text, whatever it holds', async () => {
  const { body } = await (await front('<script>alert("1")</script>')).inject('/')
  expect(body).not.toContain('<script>')
})
