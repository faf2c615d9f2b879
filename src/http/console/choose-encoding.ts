import type { ContentEncoding } from './console-files.ts';

/** The first of the encodings that the client accepts: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
export function chooseEncoding(
  acceptEncoding: string | string[] | undefined,
  encodings: readonly ContentEncoding[],
): ContentEncoding | undefined {
  const weights = new Map(
    String(acceptEncoding ?? '')
      .split(',')
      .map((entry) => {
        const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
        const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
        return [name, weight === undefined ? 1 : Number(weight)] as const;
      }),
  );
  return encodings.find((encoding) => (weights.get(encoding) ?? weights.get('*') ?? 0) > 0);
}
