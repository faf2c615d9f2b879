import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { IdempotencyStore, KeptAnswer, NewClaim } from '../../src/store/idempotency-store.ts';
import { createSqlIdempotencyStore } from '../../src/store/sql/sql-idempotency-store.ts';
import { describeStores } from './describe-stores.ts';

const ages = { claimMsMax: 60_000, answerMsMax: 60_000 };
/** Whatever is there is too old. */
const atOnce = { claimMsMax: 0, answerMsMax: 0 };

const answer: KeptAnswer = {
  model: 'm',
  isStreamed: true,
  headers: { 'x-warning': 'it\'s "漢字"' },
  text: 'data: {"content":"Hi\\u0000 漢"}\n\ndata: [DONE]\n\n',
};

let made = 0;

function claimOf(keyHash: string, fields: Partial<NewClaim> = {}): NewClaim {
  made += 1;
  return { ownerId: 'key_1', claimId: `claim_${made}`, keyHash, requestHash: 'r', ...fields };
}

/** An answer that is kept under a key. */
async function keep(store: IdempotencyStore, claim: NewClaim, text = answer.text): Promise<void> {
  expect(await store.claim(claim, ages)).toEqual({ kind: 'claimed' });
  expect(await store.complete(claim.claimId, { ...answer, text })).toBe(true);
}

describeStores('idempotency store', createSqlIdempotencyStore, (open) => {
  it('gives a key to one request, and its answer to the same request', async () => {
    const { store, secondConnection } = await open();
    const first = claimOf('k');
    expect(await store.claim(first, ages)).toEqual({ kind: 'claimed' });
    expect(await secondConnection.claim(claimOf('k'), ages)).toEqual({ kind: 'in-flight' });
    expect(await secondConnection.claim(claimOf('k', { requestHash: 'other' }), ages)).toEqual({
      kind: 'other-request',
    });
    expect(await secondConnection.claim(claimOf('k', { ownerId: 'key_2' }), ages)).toEqual({
      kind: 'claimed',
    });
    expect(await store.complete(first.claimId, answer)).toBe(true);
    expect(await secondConnection.claim(claimOf('k'), ages)).toStrictEqual({ kind: 'answered', answer });
    expect(await secondConnection.claim(claimOf('k', { requestHash: 'other' }), ages)).toEqual({
      kind: 'other-request',
    });
    // What is answered can be neither answered again nor released.
    expect(await store.complete(first.claimId, { ...answer, text: '' })).toBe(false);
    await store.release(first.claimId);
    expect(await store.claim(claimOf('k'), ages)).toStrictEqual({ kind: 'answered', answer });
  });

  it('an answer without a model and with an empty text is an answer', async () => {
    const { store } = await open();
    const bare = { model: undefined, isStreamed: false, headers: {}, text: '' };
    const claim = claimOf('k');
    await store.claim(claim, ages);
    await store.complete(claim.claimId, bare);
    expect(await store.claim(claimOf('k'), ages)).toEqual({ kind: 'answered', answer: bare });
  });

  it('of many requests at once one holds the key', async () => {
    const { store, secondConnection } = await open();
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? store : secondConnection).claim(claimOf('k'), ages),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'in-flight')).toHaveLength(39);
  });

  it('a claim that was released or not renewed is free, also for another request', async () => {
    const { store, secondConnection } = await open();
    const released = claimOf('k');
    await store.claim(released, ages);
    await store.release(released.claimId);
    const dead = claimOf('k', { requestHash: 'dead' });
    expect(await store.claim(dead, { ...ages, claimMsMax: 1500 })).toEqual({ kind: 'claimed' });
    expect(await secondConnection.claim(claimOf('k'), ages)).toEqual({ kind: 'other-request' });
    const heir = claimOf('k');
    await expect.poll(() => secondConnection.claim(heir, ages)).toEqual({ kind: 'claimed' });
    // The first one can't disturb the second.
    await store.renew([dead.claimId], 60_000);
    await store.release(dead.claimId);
    expect(await store.complete(dead.claimId, answer)).toBe(false);
    expect(await secondConnection.complete(heir.claimId, answer)).toBe(true);
  });

  it('a claim that is renewed stays', async () => {
    const { store } = await open();
    const claims = [claimOf('a'), claimOf('b')];
    for (const claim of claims) await store.claim(claim, { ...ages, claimMsMax: 1500 });
    await store.renew(
      claims.map(({ claimId }) => claimId),
      60_000,
    );
    await sleep(1600);
    expect(await store.claim(claimOf('a'), ages)).toEqual({ kind: 'in-flight' });
    expect(await store.claim(claimOf('b'), ages)).toEqual({ kind: 'in-flight' });
  });

  it('an answer that is too old counts no more, and is removed in slices', async () => {
    const { store } = await open();
    for (const key of ['a', 'b', 'c']) await keep(store, claimOf(key));
    await store.claim(claimOf('running'), ages);
    await store.claim(claimOf('dead'), atOnce);
    expect(await store.removeExpired(60_000, 10)).toBe(0);
    expect(await store.claim(claimOf('a', { requestHash: 'other' }), { ...ages, answerMsMax: 0 })).toEqual({
      kind: 'claimed',
    });
    expect(await store.removeExpired(0, 2)).toBe(2);
    expect(await store.removeExpired(0, 2)).toBe(1);
    expect(await store.removeExpired(0, 2)).toBe(0);
    expect(await store.claim(claimOf('running'), ages)).toEqual({ kind: 'in-flight' });
    expect(await store.measure({ ownerId: 'key_1' })).toEqual({ count: 0, bytes: 0 });
  });

  it('measures in bytes, and removes the oldest answers but no claims', async () => {
    const { store } = await open();
    await store.claim(claimOf('running'), ages);
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      await keep(store, claimOf(key), '漢'.repeat(index + 1));
      await sleep(2);
    }
    await keep(store, claimOf('a', { ownerId: 'key_2' }));
    expect(await store.measure({ ownerId: 'key_1' })).toEqual({ count: 3, bytes: 18 });
    await store.removeOldest({ ownerId: 'key_1' }, 2);
    expect(await store.measure({ ownerId: 'key_1' })).toEqual({ count: 1, bytes: 9 });
    await store.removeOldest({ ownerId: 'key_1' }, 2);
    expect(await store.claim(claimOf('running'), ages)).toEqual({ kind: 'in-flight' });
    expect(await store.measure({ ownerId: 'key_2' })).toMatchObject({ count: 1 });
  });
});
