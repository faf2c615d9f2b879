/**
 * Holds an answer against one that the API's documents print: every printed field is there with its printed type.
 * A printed null may be an object, and there may be more fields than printed.
 *
 * @throws {Error} that names each place where the answer differs.
 */
export function assertPrintedForm(answer: unknown, printed: unknown): void {
  const differences = findDifferences(answer, printed, 'answer');
  if (differences.length > 0) throw new Error(differences.join('\n'));
}

function findDifferences(answer: unknown, printed: unknown, path: string): string[] {
  const [type, printedType] = [typeOf(answer), typeOf(printed)];
  if (printedType === 'null') {
    return type === 'null' || type === 'object' ? [] : [`${path} is ${type}, printed as null`];
  }
  if (type !== printedType) return [`${path} is ${type}, printed as ${printedType}`];
  if (!isContainer(answer) || !isContainer(printed)) return [];
  return Object.entries(printed).flatMap(([name, value]) =>
    Object.hasOwn(answer, name)
      ? findDifferences(answer[name], value, `${path}.${name}`)
      : [`${path}.${name} is missing`],
  );
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
