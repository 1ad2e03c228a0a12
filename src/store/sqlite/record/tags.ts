/** Tags, and which records have them. */

import type { RecordId, TagName } from '../../../job/record.ts'
import type { RecordStore } from '../../record-store.ts'
import type { Connection } from '../connection.ts'
import type { GroupCommit } from '../group-commit.ts'
import { unknown } from './unknown.ts'

const WANTED = `json_each(?) as wanted join tag on
  tag.type = wanted.value ->> 0 and tag.name = wanted.value ->> 1 and tag.scope = wanted.value ->> 2`
/** Only for a record that is there, so that no tag is left over by one that is not. */
const CREATE = `insert into tag (type, name, scope) select value ->> 0, value ->> 1, value ->> 2 from json_each(?)
  where exists (select 1 from record where id = ?) on conflict (type, name, scope) do nothing`
const GIVE = `insert into record_tag (tag_id, record_id) select tag.id, record.id from ${WANTED} cross join record
  where record.id = ? on conflict (record_id, tag_id) do nothing`
const TAKE = `delete from record_tag where tag_id in (select tag.id from ${WANTED}) and record_id = ?`
const TAGS = `select tag.*, (select count(*) from record_tag where tag_id = tag.id) as count from tag
  order by type, name, scope`
const REMOVE = 'delete from tag where type = ? and name = ? and scope = ?'

type TagStore = Pick<RecordStore, 'tag' | 'untag' | 'tags' | 'removeTag'>

export function createTagStore(connection: Connection, commit: GroupCommit): TagStore {
  const mustExist = (id: RecordId) => {
    if (!connection.prepare('select 1 from record where id = ?').get(id)) throw unknown(id)
  }
  return {
    async tag(id, tags) {
      const names = namesOf(tags)
      if (tags.length > 0) await Promise.all([commit.write(CREATE, [names, id]), commit.write(GIVE, [names, id])])
      mustExist(id)
    },
    async untag(id, tags) {
      if (tags.length > 0) await commit.write(TAKE, [namesOf(tags), id])
      mustExist(id)
    },
    async tags() {
      const rows = connection.prepare(TAGS).all() as unknown as Awaited<ReturnType<TagStore['tags']>>
      return rows.map(({ id, type, name, scope, count }) => ({ id, type, name, scope, count }))
    },
    async removeTag({ type, name, scope }) {
      return (await commit.write(REMOVE, [type, name, scope])).changes > 0
    },
  }
}

function namesOf(tags: readonly TagName[]): string {
  return JSON.stringify(tags.map(({ type, name, scope }) => [type, name, scope]))
}
