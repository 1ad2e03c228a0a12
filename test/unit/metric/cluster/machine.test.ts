import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { hostCluster, JOB_METRICS, type Machine } from '../../../../src/metric/cluster/host-cluster.ts'
import { matchesHost, parseHostList } from '../../../../src/metric/cluster/host-list.ts'
import { readMachine } from '../../../../src/metric/cluster/machine.ts'
import { testFolder } from '../../../support/folder.ts'

/** A folder with these files, as `/` of a machine. */
function machineWith(files: Record<string, string>): Machine {
  const root = testFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return readMachine(root)
}

/** Two sockets of two cores with two threads each, numbered as Intel does. */
function twoSockets(): Record<string, string> {
  const topology = Array.from({ length: 8 }, (_, number) => {
    const folder = `sys/devices/system/cpu/cpu${number}/topology`
    return { [`${folder}/physical_package_id`]: `${(number >> 1) & 1}\n`, [`${folder}/core_id`]: `${number & 1}\n` }
  })
  return {
    'proc/cpuinfo': 'processor\t: 0\nmodel name\t: Intel(R)  Xeon(R) Gold\n',
    'sys/devices/system/cpu/online': '0-7\n',
    'sys/devices/system/node/node0/cpulist': '0-1,4-5\n',
    'sys/devices/system/node/node1/cpulist': '2-3,6-7\n',
    'proc/driver/nvidia/gpus/0000:3b:00.0/information': 'Model: \t\t NVIDIA A100\nIRQ: 12\n',
    ...Object.assign({}, ...topology),
  }
}

test('sockets, cores, memory domains and GPUs are read as Linux tells them', () => {
  const { processorType, topology, ramMb } = machineWith(twoSockets())
  expect(processorType).toBe('Intel(R) Xeon(R) Gold')
  expect(ramMb).toBeGreaterThan(0)
  expect(topology).toEqual({
    node: [0, 1, 2, 3, 4, 5, 6, 7],
    socket: [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ],
    memoryDomain: [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ],
    die: [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ],
    core: [
      [0, 4],
      [1, 5],
      [2, 6],
      [3, 7],
    ],
    accelerators: [{ id: '00000000:3B:00.0', type: 'Nvidia GPU', model: 'NVIDIA A100' }],
  })
})

test('a machine that tells nothing has as many cores as Node sees, in one socket', () => {
  const { topology, processorType } = machineWith({})
  expect(topology.node).toHaveLength(Math.max(1, cpus().length))
  expect(topology.socket).toEqual([topology.node])
  expect(topology.memoryDomain).toEqual([topology.node])
  expect(topology.core).toHaveLength(topology.node.length)
  expect(processorType).not.toBe('')
})

test('nonsense in place of numbers is passed over', () => {
  const { topology } = machineWith({
    'proc/cpuinfo': 'processor : 0\nprocessor : 1\n',
    'sys/devices/system/cpu/online': '0-',
    'sys/devices/system/cpu/cpu0/topology/physical_package_id': '-1',
    'sys/devices/system/node/node0/cpulist': '\n',
  })
  expect(topology).toMatchObject({ node: [0, 1], socket: [[0, 1]], memoryDomain: [[0, 1]], core: [[0], [1]] })
})

test('this very machine makes a cluster', () => {
  const cluster = hostCluster({ name: 'vnc', hostname: 'box' }, readMachine())
  expect(cluster.subClusters[0]!.topology.node.length).toBeGreaterThan(0)
})

test('the cluster of a host measures the host and the runs on it every five seconds', () => {
  const cluster = hostCluster({ name: 'vnc', hostname: 'box' }, machineWith(twoSockets()))
  const [sub] = cluster.subClusters
  expect(sub).toMatchObject({ name: 'host', socketsPerNode: 2, coresPerSocket: 2, threadsPerCore: 2 })
  expect(matchesHost(parseHostList(sub!.nodes), 'box')).toBe(true)
  expect(cluster.metrics.every(({ scope, timestepSeconds }) => scope === 'node' && timestepSeconds === 5)).toBe(true)
  expect(cluster.metrics.map(({ name, footprint }) => [name, footprint])).toEqual([
    ...[
      ['cpu_load', 'avg'],
      ['cpu_user', null],
      ['mem_used', 'max'],
    ],
    ...[
      ['net_bw', null],
      ['disk_read', null],
      ['disk_write', null],
    ],
    ...[
      ['job_cpu', 'avg'],
      ['job_mem', 'max'],
      ['job_read', null],
    ],
    ...[
      ['job_write', null],
      ['job_threads', null],
      ['job_processes', null],
    ],
  ])
  expect(cluster.metrics.map(({ name }) => name).slice(-6)).toEqual([...JOB_METRICS])
})

test('thresholds follow from the cores and the memory of the host', () => {
  const machine = { ...machineWith(twoSockets()), ramMb: 16_384 }
  const cluster = hostCluster({ name: 'vnc', hostname: 'box' }, machine)
  const named = (name: string) => cluster.metrics.find((metric) => metric.name === name)
  expect(named('cpu_load')).toMatchObject({ peak: 8, normal: 8, caution: 4, alert: 2, lowerIsBetter: false })
  expect(named('job_mem')).toMatchObject({ peak: 17.2, normal: 8.6, caution: 13.8, alert: 15.5, lowerIsBetter: true })
})

test('a host whose name no host list can have takes any', () => {
  expect(hostCluster({ name: 'vnc', hostname: 'bücher' }, machineWith({})).subClusters[0]!.nodes).toBe('*')
})
