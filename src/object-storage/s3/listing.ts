/** What a page of a listing holds, as this house sees it. */

import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { partsOf } from '../key.ts'
import type { ObjectInfo } from '../object-storage.ts'

/**
 * Keys without the prefix that all of a storage's have. The folders of a shallow listing come apart from the objects, and
 * take their places among them here.
 */
export function infosOf(page: ListObjectsV2CommandOutput, prefix: string): ObjectInfo[] {
  const { Contents = [], CommonPrefixes = [], EncodingType } = page
  const keyOf = (whole = '') => {
    const key = EncodingType === 'url' ? decodeURIComponent(whole.replaceAll('+', ' ')) : whole
    return key.slice(prefix.length)
  }
  const folders = CommonPrefixes.map(({ Prefix }) => infoOf(keyOf(Prefix), 0, 0))
  const objects = Contents.map(({ Key, Size, LastModified }) => infoOf(keyOf(Key), Size, LastModified?.getTime()))
  const ours = [
    ...objects.filter(({ key }) => isKey(key)),
    ...folders.filter(({ key }) => key.endsWith('/') && isKey(key.slice(0, -1))),
  ]
  return folders.length === 0 ? ours : ours.sort((a, b) => Buffer.from(a.key).compare(Buffer.from(b.key)))
}

function infoOf(key: string, sizeBytes = 0, modifiedAt = 0): ObjectInfo {
  return { key, sizeBytes, modifiedAt, metadata: {} }
}

/** Other programs also put `folder/` and the like, which is no key here. */
function isKey(key: string): boolean {
  try {
    return partsOf(key).length > 0
  } catch {
    return false
  }
}
