import { ApiError, ConnectionError } from '../api/api-error.ts';

/** The characters of a bearer token. Others can't be sent in a header. */
const keyPattern = /^[\x21-\x7e]+$/;

/** Asks the server whether it accepts the key. @throws {ApiError | ConnectionError | Error} */
export async function checkKey(key: string): Promise<void> {
  if (!keyPattern.test(key))
    throw new Error('A key has no spaces, and letters of ASCII only. Copy it again.');
  let response: Response;
  try {
    response = await fetch('/v1/key', { headers: { authorization: `Bearer ${key}` }, cache: 'no-store' });
  } catch (error) {
    throw new ConnectionError(error);
  }
  if (response.ok) return;
  if (response.status === 401)
    throw new Error('This server does not know this key. Check that you copied all of it.');
  throw new ApiError(response.status, await response.json().catch(() => undefined));
}
