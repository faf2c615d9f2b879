import { createHash } from 'node:crypto';

/**
 * Recognises an address without keeping it: a signed query, or a password before its host, must not lie on the disk.
 * Name and password are left out, for short ones could be guessed from a checksum; the query counts, for it may choose the file.
 */
export function toAddressFingerprint(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.hash = '';
  return createHash('sha256').update(url.href).digest('hex');
}
