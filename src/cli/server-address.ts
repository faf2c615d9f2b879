import { InvalidArgumentError } from 'commander';
import { findLocalKey } from '../app/local-keys.ts';
import type { Config } from '../config/config.ts';
import { isLoopbackHost, toLocalUrl } from './to-local-url.ts';

/** For an option. The URL without a slash at its end. */
export function parseServerUrl(text: string): string {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: '' };
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new InvalidArgumentError('Write a URL such as http://127.0.0.1:4728.');
  }
  return text.replace(/\/+$/, '');
}

/** Without the base path of the API, which people copy from other clients. */
export function toServerUrl(url: string): string {
  return url.replace(/\/v1(\/inference)?$/, '');
}

/** Whether the URL is that of the server with these settings, or of another one on this machine. */
export function isLocalServer(config: Config, url: string): boolean {
  return url === toLocalUrl(config) || isLoopbackHost(new URL(url).hostname);
}

/** The key file belongs to the server on this machine. Other servers only get a key from the environment. */
export async function findServerKey(config: Config, url: string): Promise<string | undefined> {
  return isLocalServer(config, url) ? findLocalKey(config) : config.environmentKey;
}
