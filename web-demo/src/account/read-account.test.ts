import { expect, test } from 'vitest';
import type { Entry } from './ledger';
import { readAccount, type Account, type AccountSource } from './read-account';

/** An account to which `looks` adds a line, look by look, before the balance is told. */
function changing(looks: boolean[], after: boolean[] = []): AccountSource {
  let lines = 1;
  const entry = (n: number): Entry => ({ id: `e${n}`, kind: 'credit', bucket: 'paid', amount: 1, requestId: 'r', createdAt: '' });
  return {
    account: async () => {
      if (looks.shift()) lines += 1;
      const total = lines;
      if (after.shift()) lines += 1;
      const balance = { total, paid: total, dailyGift: 0, welcomeBonus: 0 };
      return { balance, usage: { todayUsed: 0, lifetimeUsed: 0 }, dailyResetAt: '' } satisfies Account;
    },
    page: async (limit) => ({ entries: Array.from({ length: lines }, (_, at) => entry(lines - at)).slice(0, limit), nextCursor: null }),
  };
}

test('a balance goes with the newest line, of which nothing was in between', async () => {
  const read = await readAccount(changing([]));
  expect([read.account.balance.total, read.entries.length, read.settled]).toEqual([1, 1, true]);
});

test('a look that brings the gift is looked at again', async () => {
  const read = await readAccount(changing([true]));
  expect([read.account.balance.total, read.entries.length, read.settled]).toEqual([2, 2, true]);
});

test('a line between the balance and the ledger is found out', async () => {
  const read = await readAccount(changing([], [true]));
  expect([read.account.balance.total, read.entries.length, read.settled]).toEqual([2, 2, true]);
});

test('an account that never rests is shown, and not as settled', async () => {
  const read = await readAccount(changing([], [true, true, true]));
  expect(read.settled).toBe(false);
});

test('an account without a line is settled', async () => {
  const source: AccountSource = { ...changing([]), page: async () => ({ entries: [], nextCursor: null }) };
  expect((await readAccount(source)).settled).toBe(true);
});
