import type { Setting, SettingSource } from '../api/settings-query.ts';
import { createWordSearch } from '../ui/search-words.ts';

export interface SettingFilter {
  /** Words that all are somewhere in what is known of the setting. */
  readonly text: string;
  readonly source: SettingSource | 'all';
}

export function filterSettings(
  settings: readonly Setting[],
  { text, source }: SettingFilter,
): readonly Setting[] {
  const hasWords = createWordSearch(text);
  return settings.filter((setting) => {
    if (source !== 'all' && setting.source !== source) return false;
    const { name, group, description, flag, environment, value } = setting;
    const known = [name, group, description, flag ?? '', environment ?? '', JSON.stringify(value)];
    return hasWords(known.join('\n'));
  });
}

/** By their topics, in the order of the settings. */
export function groupSettings(
  settings: readonly Setting[],
): readonly (readonly [group: string, settings: readonly Setting[]])[] {
  const groups = new Map<string, Setting[]>();
  for (const setting of settings) {
    const members = groups.get(setting.group);
    if (members === undefined) groups.set(setting.group, [setting]);
    else members.push(setting);
  }
  return [...groups];
}
