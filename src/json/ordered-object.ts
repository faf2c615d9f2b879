/**
 * JavaScript lists names such as "10" before all others, in numeric order. This object lists its names in the
 * order of `names`, for Object.keys, JSON.stringify and similar functions. Copying it to a plain object loses
 * the order, and sending it to another thread or process throws.
 *
 * `members` has exactly these names.
 */
function createOrderedObject(
  names: readonly string[],
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return new Proxy(members, { ownKeys: () => names as string[] });
}

/**
 * An object with these members in this order. A plain object if JavaScript keeps the order. Names must be
 * unique.
 */
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
