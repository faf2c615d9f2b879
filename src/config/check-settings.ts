import { checkModels } from './check-models.ts';
import { checkUpstreams } from './check-upstreams.ts';
import { configSchema, type SettingOrigin, type Settings, settingNames } from './config.ts';
import { type ConfigPath, type ConfigProblem, quoteValue } from './config-problem.ts';
import { describeIssue, type SchemaIssue } from './describe-issue.ts';
import { describeSettings } from './describe-settings.ts';
import { toRawMapping } from './raw-config.ts';
import type { UpstreamKey } from './read-upstream-keys.ts';

/** The settings as they were written, and where each comes from. */
export interface WrittenSettings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly origins: ReadonlyMap<string, SettingOrigin>;
  readonly fileName: string;
}

/** The settings, or everything that is wrong with them. */
export interface CheckedSettings {
  /** Undefined: a single field is wrong. */
  readonly settings: Settings | undefined;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Everything that is wrong: first what the schema says of single fields, then how fields relate. Relations are checked
 * on the values as they were written, so that one wrong field hides no other problem.
 *
 * @param keys undefined: the keys of upstreams may be missing
 */
export function checkSettings(
  written: WrittenSettings,
  keys: ReadonlyMap<string, UpstreamKey> | undefined,
): CheckedSettings {
  const { values } = written;
  const parsed = configSchema.safeParse(values);
  const issues: readonly SchemaIssue[] = parsed.error?.issues ?? [];
  const problems = [
    ...issues.flatMap((issue) => describe(issue, written)),
    ...checkUpstreams(values['upstreams'], keys),
    ...checkModels(values),
  ];
  // Of one field, the first problem says most.
  const firsts = problems.filter(
    ({ path }, at) => problems.findIndex((problem) => problem.path === path) === at,
  );
  return { settings: parsed.data, problems: firsts };
}

function describe(
  issue: SchemaIssue,
  { values, origins, fileName }: WrittenSettings,
): readonly ConfigProblem[] {
  const [first, ...inner] = issue.path;
  if (first === undefined) {
    const message = `${fileName} has an unknown setting: ${issue.keys?.join(', ')}. The settings are: ${settingNames.join(', ')}.`;
    return [{ path: String(issue.keys?.[0] ?? ''), message }];
  }
  const name = String(first);
  if (inner.length > 0 && (name === 'upstreams' || name === 'models')) {
    return describeIssue(issue, readAt(values, issue.path));
  }
  const setting = describeSettings().find((candidate) => candidate.name === name);
  const quoted = setting?.mayHoldSecret ? '' : `, not ${quoteValue(values[name])}`;
  const place = describeOrigin(origins.get(name), fileName) ?? name;
  return [{ path: name, message: `${place} must be ${setting?.range}${quoted}.` }];
}

/** Names a setting in its source: `slots in config.yaml`, `--slots`, `GRAVIX_SLOTS`. */
function describeOrigin(origin: SettingOrigin | undefined, fileName: string): string | undefined {
  return origin?.source === 'file' ? `${origin.name} in ${fileName}` : origin?.name;
}

function readAt(values: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      Array.isArray(value) ? value[Number(part)] : Reflect.get(toRawMapping(value), String(part)),
    values,
  );
}
