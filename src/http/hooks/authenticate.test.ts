import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { exceptOnLoopback } from './authenticate.ts';

async function isAsked(localAddress: string | undefined): Promise<boolean> {
  let asked = false;
  const hook = exceptOnLoopback(async () => {
    asked = true;
  });
  await hook({ socket: { localAddress } } as FastifyRequest);
  return asked;
}

test.each(['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])(
  'no key is asked for on %s',
  async (address) => {
    expect(await isAsked(address)).toBe(false);
  },
);

test.each(['10.0.0.1', '1270.0.0.1', '::', '::12', '::ffff:10.127.0.1', '2001:db8::1', undefined])(
  'a key is asked for on %s',
  async (address) => {
    expect(await isAsked(address)).toBe(true);
  },
);
