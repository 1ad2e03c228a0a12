/** What can be set about sign-in through a directory (ClusterCockpit's auth.ldap keys). */

import { DomainError } from '../base/errors.ts'
import { parseTimespec } from '../base/timespec.ts'
import type { SettingValues } from './setting.ts'

/** `https://…` or `ldap://…` addresses as written; '' where not set. */
export interface LdapConfig {
  url: string
  userBase: string
  searchDn: string
  userBind: string
  userFilter: string
  uidAttr: string
  nameAttr: string
  /** 0 for never. */
  syncIntervalMs: number
  syncRemove: boolean
}

/** @throws invalid for a time that cannot be read, and for a directory that is asked and has no address */
export function shapeLdap(values: SettingValues): LdapConfig {
  if (values['auth.providers'].includes('ldap') && values['ldap.url'] === '')
    throw new DomainError(
      'invalid',
      'auth.providers has "ldap", but ldap.url says no directory: set it, or take "ldap" out',
    )
  return {
    url: values['ldap.url'],
    userBase: values['ldap.user_base'],
    searchDn: values['ldap.search_dn'],
    userBind: values['ldap.user_bind'],
    userFilter: values['ldap.user_filter'],
    uidAttr: values['ldap.uid_attr'],
    nameAttr: values['ldap.name_attr'],
    syncIntervalMs: parseTimespec(values['ldap.sync_interval'], 'ldap.sync_interval'),
    syncRemove: values['ldap.sync_remove'],
  }
}
