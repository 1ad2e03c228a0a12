/** From what somebody reports of a run to the record that is stored; the checks stand in the order of spec/cockpit.md 1.3. */

import { DomainError } from '../../base/errors.ts'
import type { Behaviour, Report } from '../../job/record.ts'
import type { Cluster, Clusters } from '../../metric/cluster/cluster.ts'
import type { NewRecord } from '../../store/record-store.ts'

/** Nothing is known yet of how a run behaves. */
export const UNKNOWN_BEHAVIOUR: Behaviour = { statistics: null, footprint: null, energyFootprint: null, energy: 0 }

/** @throws invalid, naming what does not fit */
export function admit(report: Report, clusters: Clusters): NewRecord {
  const cluster = clusters.get(report.cluster)
  if (!cluster) throw new DomainError('invalid', `no such cluster: ${report.cluster}`)
  const subCluster = subClusterFor(report, cluster, clusters)
  if (report.resources.length === 0 || report.user === '')
    throw new DomainError('invalid', "'resources' and 'user' should not be empty")
  if (report.numNodes < 1 || report.numAcc < 0 || report.numHwthreads < 0)
    throw new DomainError('invalid', "'numNodes', 'numAcc' or 'numHWThreads' invalid")
  if (report.resources.length !== report.numNodes)
    throw new DomainError(
      'invalid',
      `len(resources) does not equal numNodes (${report.resources.length} vs ${report.numNodes})`,
    )
  const { tags: _tags, ...run } = report
  return {
    ...run,
    statistics: null,
    subCluster,
    origin: 'reported',
    attempt: 0,
    state: 'running',
    durationMs: 0,
    // What becomes of its curves is not for the sender to say; only that nobody wants them.
    monitoring: report.monitoring === 'disabled' ? 'disabled' : 'pending',
  }
}

/** A sub-cluster that was named must be there; else the first host decides. */
function subClusterFor(report: Report, cluster: Cluster, clusters: Clusters): string {
  const { subCluster, resources } = report
  if (subCluster !== '') {
    if (cluster.subClusters.some(({ name }) => name === subCluster)) return subCluster
    throw refusal(`already assigned subcluster ${subCluster} unknown (cluster: ${cluster.name})`)
  }
  const [first] = resources
  if (!first) throw refusal('job without any resources/hosts')
  const found = clusters.subClusterOf(cluster.name, first.hostname)
  if (found) return found.name
  throw refusal(`no subcluster found for cluster ${cluster.name} and host ${first.hostname}`)
}

function refusal(what: string): DomainError {
  return new DomainError('invalid', `ARCHIVE/CLUSTERCONFIG > ${what}`)
}
