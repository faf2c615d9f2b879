import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { BudgetNotice, BudgetNoticeStore } from '../../src/store/budget-notice-store.ts';
import { createSqlBudgetNoticeStore } from '../../src/store/sql/sql-budget-notice-store.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { describeStores } from './describe-stores.ts';

interface NoticeStore extends BudgetNoticeStore {
  spend(subject: string, period: string, nano: number, tokens: number): Promise<void>;
}

function createNoticeStore(database: SqlDatabase): NoticeStore {
  return {
    ...createSqlBudgetNoticeStore(database),
    spend: async (subject, period, spentNano, spentTokens) => {
      await database.queries
        .insertInto('budgetPeriods')
        .values({ subject, period, spentNano, spentTokens })
        .execute();
    },
  };
}

const subject = 'key:key_1';
const period = 'month 2026-11-01 UTC';

function noticeOf(passed: BudgetNotice['passed'], limits = passed): BudgetNotice {
  return { subject, period, passed, limits };
}

function messageOf(id: string) {
  return { id, body: `{"text":"it's \\"漢字\\" ${id}"}` };
}

describeStores('budget notice store', createNoticeStore, (open) => {
  it('reads what is spent of the periods that were asked for', async () => {
    const { store, secondConnection } = await open();
    await store.spend(subject, period, 9_000_000_000_000_000, 7);
    await store.spend(subject, 'total', 1, 1);
    await store.spend('project:default', period, 2, 2);
    const other = { subject: 'project:default', period: 'total' } as const;
    expect(await secondConnection.readSpent([{ subject, period }, other])).toStrictEqual([
      {
        subject,
        period,
        spentNano: 9_000_000_000_000_000,
        spentTokens: 7,
        noticed: { amountNano: 0, tokens: 0 },
      },
    ]);
    expect(await store.readSpent([])).toStrictEqual([]);
  });

  it('of many servers one records a limit, and a higher one is new', async () => {
    const { store, secondConnection } = await open();
    await store.spend(subject, period, 90, 90);
    const limit = noticeOf({ amountNano: 100 }, { amountNano: 100, tokens: 1000 });
    const recorded = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : secondConnection).record(limit, messageOf(`msg_${index}`)),
      ),
    );
    expect(recorded.filter((isFirst) => isFirst)).toHaveLength(1);
    // Both limits are reported with the first one that is passed.
    expect(await store.record(noticeOf({ tokens: 1000 }), messageOf('late'))).toBe(false);
    expect(await store.record(noticeOf({ amountNano: 50 }), messageOf('lower'))).toBe(false);
    expect(await store.record(noticeOf({ amountNano: 101 }), undefined)).toBe(true);
    expect(await secondConnection.record(noticeOf({ amountNano: 100 }), messageOf('before'))).toBe(false);
    const [row] = await store.readSpent([{ subject, period }]);
    expect(row?.noticed).toStrictEqual({ amountNano: 101, tokens: 1000 });
    const messages = await store.claimDue(60_000, 9);
    expect(messages.map(({ id }) => id)).toEqual([`msg_${recorded.indexOf(true)}`]);
  });

  it('a notice for a period in which nothing was spent is none', async () => {
    const { store } = await open();
    expect(await store.record(noticeOf({ tokens: 1 }), messageOf('msg_1'))).toBe(false);
    expect(await store.claimDue(60_000, 9)).toStrictEqual([]);
  });

  it('gives each message to one caller, until its time is over', async () => {
    const { store, secondConnection } = await open();
    for (const name of ['a', 'b', 'c']) {
      await store.spend(`key:${name}`, period, 1, 1);
      const notice = { ...noticeOf({ tokens: 1 }), subject: `key:${name}` as const };
      expect(await store.record(notice, messageOf(name))).toBe(true);
    }
    const claimed = await Promise.all(
      Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? store : secondConnection).claimDue(1500, 1)),
    );
    expect(
      claimed
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'b', 'c']);
    expect(claimed.flat()[0]).toMatchObject({
      attempts: 1,
      body: messageOf(claimed.flat()[0]?.id ?? '').body,
    });
    expect(await store.claimDue(1500, 9)).toStrictEqual([]);
    await sleep(1600);
    const again = await secondConnection.claimDue(60_000, 9);
    expect(again.map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
    // A caller whose time was over has no say any more.
    await store.postpone({ id: 'a', attempts: 1 }, 0);
    await store.postpone({ id: 'b', attempts: 2 }, 0);
    await store.remove('c');
    expect((await store.claimDue(60_000, 9)).map(({ id, attempts }) => [id, attempts])).toEqual([['b', 3]]);
  });
});
