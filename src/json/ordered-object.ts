/**
 * JavaScript gives names such as "10" before all others and in the order of numbers. This object gives its names in the
 * order of `names`, to whoever asks for them: Object.keys, JSON.stringify and all the like. What copies it into another
 * object loses the order again, and what copies it to another thread or process throws.
 *
 * `members` has exactly these names.
 */
function createOrderedObject(
  names: readonly string[],
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return new Proxy(members, { ownKeys: () => names as string[] });
}

/** An object with these members, in this order; a plain one where JavaScript keeps it. No name comes twice. */
export function createObject(
  members: readonly (readonly [name: string, value: unknown])[],
): Readonly<Record<string, unknown>> {
  const plain: Record<string, unknown> = Object.fromEntries(members);
  const isKept = Object.keys(plain).every((name, index) => name === members[index]?.[0]);
  return isKept
    ? plain
    : createOrderedObject(
        members.map(([name]) => name),
        plain,
      );
}
