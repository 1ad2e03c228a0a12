/** The thread that unpacks and reads data.json; it keeps the last few, since one page asks for one job many times. */

import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import type { JobMetric, Series } from '../metric.ts'
import { openDocument, readCurves } from './curve-reader.ts'
import type { DecodeAnswer, DecodeRequest, DecoderSettings } from './decoder-message.ts'
import { DocumentCache } from './document-cache.ts'

const cache = new DocumentCache((workerData as DecoderSettings).cacheBytes)

parentPort?.on('message', (request: DecodeRequest) => {
  if (request.kind === 'forget') return cache.forget(request.key)
  const answer = serve(request)
  parentPort?.postMessage(answer, answer.kind === 'curves' ? answer.curves.flatMap(buffersOf) : [])
})

function serve({ id, key, wanted, content }: Extract<DecodeRequest, { kind: 'read' }>): DecodeAnswer {
  try {
    const document = content ? openDocument(content) : cache.get(key)
    if (!document) return { id, kind: 'absent' }
    if (content) cache.put(key, document)
    return { id, kind: 'curves', curves: readCurves(document, wanted) }
  } catch (error) {
    return { id, kind: 'failure', reason: messageOf(error) }
  }
}

/** What goes over without being copied. */
function buffersOf({ series, statisticsSeries }: JobMetric): ArrayBuffer[] {
  const over = statisticsSeries ? Object.values(statisticsSeries) : []
  return [...series.map(({ values }: Series) => values), ...over].map(({ buffer }) => buffer as ArrayBuffer)
}
