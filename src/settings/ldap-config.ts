/** What can be set about sign-in through a directory (ClusterCockpit's auth.ldap keys). */

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

/** @throws invalid for a time that cannot be read */
export function shapeLdap(values: SettingValues): LdapConfig {
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
