import { RequestError } from './error.ts';

/** Characters of a key. */
export const idempotencyKeyCharactersMax = 255;

const visible = /^[\x21-\x7E]+$/;

/**
 * The key of the header `Idempotency-Key`. Several such headers arrive as one text with a comma and a space, which is no key.
 *
 * @throws {RequestError} where it is no key
 */
export function parseIdempotencyKey(header: string | readonly string[] | undefined): string {
  const key = String(header);
  if (key.length <= idempotencyKeyCharactersMax && visible.test(key)) return key;
  const message = `The header Idempotency-Key must be one text of 1 to ${idempotencyKeyCharactersMax} visible ASCII characters, without spaces, such as a UUID.`;
  throw new RequestError([{ code: 'invalid_value', param: null, message }]);
}
