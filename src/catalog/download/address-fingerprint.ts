import { createHash } from 'node:crypto';

/**
 * Identifies a URL without storing it, because a signed query or a password must not be written to disk. User
 * name and password are excluded, since short ones could be guessed from a hash. The query is included, since
 * it may select the file.
 */
export function toAddressFingerprint(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.hash = '';
  return createHash('sha256').update(url.href).digest('hex');
}
