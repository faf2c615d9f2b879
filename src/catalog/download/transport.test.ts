// Documents and files through a real proxy.
import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type ProxyServer, startProxyServer } from '../../../test/catalog/proxy-server.ts';
import { listenOnLoopback } from '../../../test/listen-on-loopback.ts';
import { SourceError } from '../pull-error.ts';
import { fetchDocument } from './fetch-document.ts';
import { defaultHttpLimits } from './http-limits.ts';
import { createTransport } from './transport.ts';

const limits = { ...defaultHttpLimits, attemptsMax: 1 };
const { signal } = new AbortController();
let closers: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  closers = [];
});

async function startProxy(refusal?: number): Promise<ProxyServer> {
  const proxy = await startProxyServer(refusal);
  closers.push(proxy.close);
  return proxy;
}

async function startSource(): Promise<string> {
  const server = createServer((_request, response) => response.end('{"from":"the source"}'));
  const { port, close } = await listenOnLoopback(server);
  closers.push(close);
  return `http://127.0.0.1:${port}/manifest`;
}

function ask(url: string, environment: Record<string, string>): Promise<unknown> {
  return fetchDocument({ url, signal, limits, transport: createTransport(environment) });
}

async function fail(url: string, environment: Record<string, string>): Promise<string> {
  const error = await ask(url, environment).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceError);
  return error instanceof Error ? error.message : '';
}

test('a plain address is asked for in the plain form, with the name and password of the proxy', async () => {
  const [proxy, source] = [await startProxy(), await startSource()];
  const HTTP_PROXY = proxy.address.replace('//', '//some:p%40ss@');
  expect(await ask(source, { HTTP_PROXY })).toEqual({ from: 'the source' });
  expect(proxy.asked).toEqual([`GET ${source}`]);
  expect(proxy.credentials).toEqual([`Basic ${Buffer.from('some:p@ss').toString('base64')}`]);
});

test('not through the proxy where NO_PROXY says so, and where no variable names one', async () => {
  const [proxy, source] = [await startProxy(), await startSource()];
  expect(await ask(source, { HTTP_PROXY: proxy.address, NO_PROXY: '127.0.0.0/8' })).toEqual({
    from: 'the source',
  });
  expect(await ask(source, { HTTPS_PROXY: proxy.address })).toEqual({ from: 'the source' });
  expect(proxy.asked).toEqual([]);
});

test('a secure address goes through a tunnel; a failure names the host and the proxy, and no password', async () => {
  const proxy = await startProxy(403);
  const HTTPS_PROXY = proxy.address.replace('//', '//some:secret@');
  expect(await fail('https://models.example/file', { HTTPS_PROXY })).toBe(
    `models.example could not be reached through the proxy ${proxy.address} (the proxy answered with status 403)`,
  );
  expect(proxy.asked).toEqual(['CONNECT models.example:443']);
});

test('the fault of a proxy is told apart from that of a host', async () => {
  const proxy = await startProxy(407);
  expect(await fail('http://models.example/file', { HTTP_PROXY: proxy.address })).toBe(
    `models.example could not be reached through the proxy ${proxy.address} (the proxy requires a user name and a password)`,
  );
  await proxy.close();
  expect(await fail('http://models.example/file', { HTTP_PROXY: proxy.address })).toBe(
    `models.example could not be reached through the proxy ${proxy.address} (${proxy.address} refused the connection)`,
  );
  expect(await fail('https://models.example/file', { HTTPS_PROXY: 'http://no.invalid:1' })).toBe(
    'models.example could not be reached through the proxy http://no.invalid:1 (the name of http://no.invalid:1 could not be looked up)',
  );
  expect(await fail('https://nothing.invalid/file', {})).toBe(
    'the name of nothing.invalid could not be looked up',
  );
  expect(await fail('https://models.example', { HTTPS_PROXY: 'socks5://proxy.example' })).toMatch(
    /^HTTPS_PROXY must be the address of an HTTP proxy/,
  );
});
