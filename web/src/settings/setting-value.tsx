import { toSettingText } from './to-setting-text.ts';

export interface SettingValueProps {
  readonly name: string;
  readonly value: unknown;
  /** In place of null. */
  readonly none: string;
}

/** A value as it would stand in `config.yaml`. Lists and mappings fold. */
export function SettingValue({ name, value, none }: SettingValueProps) {
  if (value === null) return <span className="muted">{none}</span>;
  if (typeof value !== 'object') {
    return <code className="setting-text">{toSettingText(name, value as string | number | boolean)}</code>;
  }
  const count = Object.keys(value).length;
  if (count === 0) return <span className="muted">None</span>;
  return (
    <details className="setting-fold">
      <summary>{count === 1 ? '1 entry' : `${count} entries`}</summary>
      <code className="setting-text">{JSON.stringify(value, null, 2)}</code>
    </details>
  );
}
