/**
 * The ones that `--only` names; without names, all.
 *
 * @param kind what they are, for the error where there is none of a name
 */
export function chooseNamed<Named extends { readonly name: string }>(
  known: readonly Named[],
  names: readonly string[] | undefined,
  kind: string,
): readonly Named[] {
  const unknown = names?.find((name) => !known.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no ${kind} ${unknown}. There are: ${known.map(({ name }) => name).join(', ')}.`,
    );
  }
  return known.filter(({ name }) => names?.includes(name) ?? true);
}
