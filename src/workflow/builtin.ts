/** The product's own workflows, in the form in which a user writes his (spec/hub.md 4.4, 4.8). */

const LOCK_LEVELS = ['partial', 'implicit', 'none']

const lockLevel = (standard: string) => ({
  name: 'lock_level',
  label: 'Lock level',
  type: 'choice',
  choices: LOCK_LEVELS,
  default: standard,
})

const DESTINATION = [
  { name: 'destinationsite', label: 'Site', type: 'enum[site]', required: true },
  { name: 'destinationqueue', label: 'Queue', type: 'enum[queue]', required: false },
]

const everything = (...action: object[]) => [{ type: 'all', state: 'all', action }]

/** Whatever came or changed goes to the other site. */
const SYNC_CHAIN = [
  { name: 'dynamo.tasks.migrate', premigrate: true, overwrite: true, abort_missing: true },
  {
    name: 'dynamo.tasks.check_sync_state',
    site: '*destinationsite',
    queue: '*destinationqueue',
    sync_preference: '*sync_preference',
  },
  { name: 'dynamo.tasks.reverse_stub', site: '*destinationsite', queue: '*destinationqueue', overwrite: true },
]

const there = (name: string) => ({ name, site: '*destinationsite', queue: '*destinationqueue' })

/** Removals and moves stand first: they are done before what is new. */
const SYNC_RULES = [
  { type: 'all', state: 'deleted', action: [there('dynamo.tasks.delete_paths_from_gpfs')] },
  { type: 'all', state: 'moved', action: [there('dynamo.tasks.move_paths_on_gpfs')] },
  { type: 'all', state: 'created', action: SYNC_CHAIN },
  { type: 'all', state: 'updated', action: SYNC_CHAIN },
]

const SYNC_FIELDS = [
  ...DESTINATION,
  {
    name: 'sync_preference',
    label: 'Sync preference',
    type: 'choice',
    choices: ['newest', 'local', 'ignore'],
    default: 'newest',
  },
]

const icon = (name: string) => [`fa fa-${name} fa-stack-2x text-primary`]

export const BUILT_IN: readonly object[] = [
  {
    name: 'migrate',
    label: 'Migrate',
    icon_classes: icon('cloud'),
    discovery: 'recursive',
    fields: [lockLevel('partial')],
    filter_rules: everything({ name: 'dynamo.tasks.migrate', lock_level: '*lock_level' }),
  },
  {
    name: 'premigrate',
    label: 'Premigrate',
    icon_classes: icon('cloud-upload'),
    discovery: 'recursive',
    fields: [lockLevel('implicit')],
    filter_rules: everything({ name: 'dynamo.tasks.migrate', premigrate: true, lock_level: '*lock_level' }),
  },
  {
    name: 'recall',
    label: 'Recall',
    icon_classes: icon('cloud-download'),
    discovery: 'recursive',
    fields: [lockLevel('implicit')],
    filter_rules: everything({ name: 'dynamo.tasks.recall', lock_level: '*lock_level' }),
  },
  {
    name: 'send',
    label: 'Send',
    icon_classes: icon('paper-plane'),
    discovery: 'recursive',
    fields: [...DESTINATION, { name: 'hydrate', label: 'Hydrate', type: 'bool', default: false }],
    filter_rules: everything(
      { name: 'dynamo.tasks.migrate', premigrate: true },
      { ...there('dynamo.tasks.reverse_stub'), hydrate: '*hydrate' },
    ),
  },
  {
    name: 'site_sync',
    label: 'Site sync',
    icon_classes: icon('refresh'),
    discovery: 'snapdiff',
    visible: false,
    fields: SYNC_FIELDS,
    filter_rules: SYNC_RULES,
  },
  {
    name: 'bidirectional_sync',
    label: 'Bidirectional site sync',
    icon_classes: icon('exchange'),
    discovery: 'bidirectional_snapdiff',
    visible: false,
    fields: SYNC_FIELDS,
    filter_rules: SYNC_RULES,
  },
]
