/** A run, for the examples of the API page. */

export const A_START = {
  jobId: 123000,
  cluster: 'fritz',
  partition: 'main',
  project: 'k106eb',
  user: 'k106eb10',
  shared: 'none',
  numNodes: 1,
  numHwthreads: 72,
  resources: [{ hostname: 'f0726' }],
  walltime: 86400,
  startTime: 1649723812,
  metaData: { jobName: 'ams_pipeline', jobScript: '#!/bin/bash' },
}

export const A_JOB = {
  cluster: 'fritz',
  subCluster: 'main',
  partition: 'main',
  project: 'k106eb',
  user: 'k106eb10',
  shared: 'none',
  jobState: 'completed',
  tags: [{ type: 'app', name: 'gromacs', scope: 'global', id: 3 }],
  resources: [{ hostname: 'f0726' }],
  energyFootprint: { acc_power: 0.11 },
  footprint: { cpu_load_avg: 71.2 },
  metaData: null,
  concurrentJobs: { items: null, count: 0 },
  energy: 0.11,
  walltime: 86400,
  jobId: 123000,
  duration: 4200,
  monitoringStatus: 3,
  numHwthreads: 72,
  numNodes: 1,
  statistics: { cpu_load: { unit: { base: '' }, avg: 71.2, min: 0.3, max: 72.1 } },
  id: 7,
  startTime: 1649723812,
}

export const A_METRIC = {
  unit: { base: '' },
  series: [{ hostname: 'f0726', statistics: { min: 0.3, avg: 71.2, max: 72.1 }, data: [0.3, 71.9, null, 72.1] }],
  timestep: 60,
}
