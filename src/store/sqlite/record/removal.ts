/** Records that are let go. */

import type { RecordStore } from '../../record-store.ts'
import type { GroupCommit } from '../group-commit.ts'

const REMOVE = 'delete from record where id = ?'
/** Few at a time, so that other writes need not wait long. */
const REMOVED_AT_ONCE = 1000
const KEEPING = {
  none: '',
  all: 'and not exists (select 1 from record_tag where record_id = record.id)',
  user: `and not exists (select 1 from record_tag join tag on tag.id = tag_id
    where record_id = record.id and type not in ('app', 'jobClass'))`,
} as const
const removeBefore = (keeping: keyof typeof KEEPING) => `delete from record where id in
  (select id from record where started_at >= ? and started_at < ? ${KEEPING[keeping]}
  order by started_at limit ${REMOVED_AT_ONCE}) returning started_at`

export function createRecordRemoval(commit: GroupCommit): Pick<RecordStore, 'remove' | 'removeBefore'> {
  return {
    async remove(id) {
      return (await commit.write(REMOVE, [id])).changes > 0
    },
    async removeBefore(before, keeping) {
      let removed = 0
      for (let from = Number.MIN_SAFE_INTEGER; ; ) {
        const { rows } = await commit.write(removeBefore(keeping), [from, before])
        removed += rows.length
        if (rows.length < REMOVED_AT_ONCE) return removed
        from = rows.reduce((latest, row) => Math.max(latest, Number(row.started_at)), from)
      }
    },
  }
}
