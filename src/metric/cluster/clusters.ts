/** All clusters that the server knows, and which of their parts a host belongs to. */

import { DomainError } from '../../base/errors.ts'
import type { Cluster, Clusters, SubCluster } from './cluster.ts'
import { type HostList, matchesHost, parseHostList } from './host-list.ts'

interface Listed {
  subCluster: SubCluster
  hosts: HostList
}

/** @throws invalid when two have one name */
export function createClusters(read: readonly Cluster[]): Clusters {
  const byName = new Map(read.map((cluster) => [cluster.name, cluster]))
  if (byName.size < read.length)
    throw new DomainError('invalid', `two clusters are called "${twiceNamed(read)}"; rename one`)
  const lists = new Map(read.map(({ name, subClusters }) => [name, subClusters.map(listed)]))
  return {
    list: () => read,
    get: (name) => byName.get(name),
    subClusterOf: (cluster, hostname) => subClusterOf(lists.get(cluster) ?? [], hostname),
  }
}

function listed(subCluster: SubCluster): Listed {
  return { subCluster, hosts: parseHostList(subCluster.nodes) }
}

/** A list that names the host goes before one that takes any. */
function subClusterOf(lists: readonly Listed[], hostname: string): SubCluster | undefined {
  const naming = lists.find(({ hosts }) => hosts !== '*' && matchesHost(hosts, hostname))
  return (naming ?? lists.find(({ hosts }) => hosts === '*'))?.subCluster
}

function twiceNamed(read: readonly Cluster[]): string | undefined {
  return read.map(({ name }) => name).find((name, index, names) => names.indexOf(name) < index)
}
