type Fields = Readonly<Record<string, unknown>>;

/** Fields whose members are changed one by one. */
const mergedFields = ['limits', 'budget'];

/**
 * What a PATCH has to say: only what differs, so that a change by somebody else to another field stays. Undefined if
 * nothing does.
 */
export function toChanges(before: Fields, after: Fields): Fields | undefined {
  const changed = Object.entries(after).flatMap(([name, value]): [string, unknown][] => {
    const earlier = before[name];
    if (isSame(earlier, value)) return [];
    const isMerged = mergedFields.includes(name) && isFields(earlier) && isFields(value);
    return [[name, isMerged ? toDifferences(earlier, value) : value]];
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function toDifferences(before: Fields, after: Fields): Fields {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => !isSame(before[name], value)));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
