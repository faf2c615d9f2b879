import { queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';

export type SettingSource = 'default' | 'file' | 'environment' | 'flag';

/** A setting as the API shows it to operators. Names are as on the wire. */
export interface Setting {
  readonly name: string;
  readonly group: string;
  readonly description: string;
  readonly range: string;
  readonly value: unknown;
  readonly default: unknown;
  readonly set: boolean;
  readonly hidden: boolean;
  readonly source: SettingSource;
  readonly source_name: string | null;
  readonly flag: string | null;
  readonly environment: string | null;
  readonly reloadable: boolean;
}

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: async ({ signal }) =>
    (await callApi<{ readonly data: readonly Setting[] }>('/v1/admin/settings', { signal })).data,
});
