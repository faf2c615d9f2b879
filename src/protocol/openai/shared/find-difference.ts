import { type RequestProblem, toInvalidValue } from './error.ts';

/** Two names of one parameter must have one value. `relation`: of the alias to the name, such as 'another name of'. */
export function findDifference<Name extends string>(
  fields: Readonly<Partial<Record<Name, number | null | undefined>>>,
  alias: Name,
  name: Name,
  relation: string,
): RequestProblem[] {
  const { [alias]: first, [name]: second } = fields;
  if (typeof first !== 'number' || typeof second !== 'number' || first === second) return [];
  return [
    toInvalidValue(
      alias,
      `it is ${relation} '${name}', and ${first} and ${second} differ. Send one of them.`,
    ),
  ];
}
