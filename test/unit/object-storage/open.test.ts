import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeMetadata, encodeMetadata } from '../../../src/object-storage/metadata.ts'
import { openObjectStorage } from '../../../src/object-storage/open.ts'
import { testFolder } from '../../support/folder.ts'

test('a target is a folder or a bucket, and its name says which', async () => {
  const path = join(testFolder(), 'root')
  const disk = await openObjectStorage({ kind: 'disk', path })
  expect(disk.name).toBe(`disk:${path}`)
  const s3 = { endpoint: 'http://127.0.0.1:1', region: 'eu-west-2', credentialsFile: null }
  const names = ['runs/2026', ''].map(async (prefix) => {
    const bucket = await openObjectStorage({ kind: 's3', bucket: 'archive', prefix }, { s3 })
    await bucket.close()
    return bucket.name
  })
  expect(await Promise.all(names)).toEqual(['s3:archive/runs/2026', 's3:archive'])
})

test('metadata of any text fit into headers and come back', () => {
  const metadata = { plain: 'a-b_c.d~e', odd: ' a  b\t%41 é 文 😀\r\n', empty: '' }
  const encoded = encodeMetadata(metadata)
  expect(encoded.plain).toBe('a-b_c.d~e')
  expect(encoded.odd).toMatch(/^[!-~]*$/)
  expect(decodeMetadata(encoded)).toEqual(metadata)
})

test('metadata that other programs wrote come as they are', () => {
  expect(decodeMetadata({ Share: '100%', text: '50% of it' })).toEqual({ share: '100%', text: '50% of it' })
})
