/** The tables of a site's ledger. Paths are bytes, since a name of Linux need not be text. */

import type { DatabaseSync } from 'node:sqlite'
import { DomainError } from '../../../base/errors.ts'

const VERSION = 1

const TABLES = `
create table file (id text primary key, path blob not null, document text not null) without rowid;
create index file_path on file (path);
create table journal (id text primary key, path blob not null, act text not null, document text not null) without rowid;
create table lock (id text primary key, owner text not null, until integer not null) without rowid;
create table manifest (name text primary key, accepted integer not null) without rowid;
create table manifest_entry (name text not null, generation integer not null, path blob not null, ino text not null,
  type text not null, size integer not null, mtime text not null, ctime text not null,
  primary key (name, generation, path)) without rowid;
create index manifest_ino on manifest_entry (name, generation, ino);
`

/** @throws unavailable for a ledger of a newer version */
export function prepareLedger(database: DatabaseSync, file: string): void {
  database.exec('begin immediate')
  const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number }
  if (version === 0) database.exec(`${TABLES} pragma user_version = ${VERSION}`)
  database.exec('commit')
  if (version > VERSION) throw new DomainError('unavailable', `${file} was made by a newer version of Yardmaster`)
}
