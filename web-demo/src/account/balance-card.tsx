// What the user has, where it came from, what is set aside, and what will lapse.

import { intlTag } from '../messages/bundle';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import { instantText } from '../messages/when';
import { heldBy } from './ledger';
import type { AccountRead } from './read-account';

/** In the order in which they are spent. */
const BUCKETS = ['dailyGift', 'welcomeBonus', 'paid'] as const;

export function BalanceCard({ read: { account, entries, nextCursor } }: { read: AccountRead }) {
  const locale = useLocale();
  const numbers = new Intl.NumberFormat(intlTag(locale));
  const { balance, usage, dailyResetAt } = account;
  return (
    <section className="card balance" aria-labelledby="available-heading">
      <div className="available">
        <h3 id="available-heading">{message('page-account-available')}</h3>
        <p className="available-sum">{message('page-account-credits', { count: balance.total })}</p>
        <p className="quiet-text">{message('page-account-unit')}</p>
      </div>
      <dl className="sums">
        {BUCKETS.map((bucket) => (
          <div key={bucket}><dt>{message(`page-account-bucket-${bucket}`)}</dt><dd>{numbers.format(balance[bucket])}</dd></div>
        ))}
      </dl>
      <dl className="sums">
        <div>
          {/* Only the whole ledger tells all that is set aside. */}
          <dt>{message(nextCursor === null ? 'page-account-held' : 'page-account-held-shown')}</dt>
          <dd>{numbers.format(heldBy(entries).credits)}</dd>
        </div>
        <div><dt>{message('page-account-used-today')}</dt><dd>{numbers.format(usage.todayUsed)}</dd></div>
        <div><dt>{message('page-account-used-ever')}</dt><dd>{numbers.format(usage.lifetimeUsed)}</dd></div>
      </dl>
      <p className="lapse">
        {balance.dailyGift > 0
          ? message('page-account-lapse', { count: balance.dailyGift, time: instantText(Date.parse(dailyResetAt), locale) })
          : message('page-account-lapse-none')}
      </p>
    </section>
  );
}
