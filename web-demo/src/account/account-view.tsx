// The user's credits: what there is, what was used, and every line that led there.

import { useState } from 'react';
import { Refusal } from '../api/refusal';
import { useSession } from '../api/session-context';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import { instantText } from '../messages/when';
import '../style/account.css';
import { BalanceCard } from './balance-card';
import { LedgerSection } from './ledger-section';
import { useAccount } from './use-account';
import { useUsage } from './use-usage';
import { UsageSection, type Range } from './usage-section';

export default function AccountView() {
  const locale = useLocale();
  const { session, userId, askAgain } = useSession();
  const account = useAccount(userId);
  const [range, setRange] = useState<Range>(30);
  const usage = useUsage(userId, range);
  const { read, loading, problem } = account;
  const unsigned = session !== null && userId === null;
  const busy = loading || usage.loading || session === null;
  const refresh = () => {
    if (busy) return;
    if (unsigned) return askAgain();
    account.refresh();
    usage.refresh();
  };
  return (
    <main className="account">
      <div className="account-head">
        <h2>{message('page-account-heading')}</h2>
        <button type="button" className="quiet" aria-disabled={busy || undefined} aria-describedby="account-status" onClick={refresh}>
          {message('page-projects-refresh')}
        </button>
      </div>
      <p className="quiet-text account-status" id="account-status" role="status">{status()}</p>
      {unsigned && <p>{message(session.kind === 'silent' ? 'page-server-silent' : 'page-account-closed')}</p>}
      {problem !== null && <Refusal heading={message('page-account-unread')} problem={problem} onRetry={account.refresh} />}
      {!unsigned && (
        <>
          {read ? <BalanceCard read={read} /> : <div className="card balance" aria-busy={problem === null} />}
          <UsageSection state={usage} range={range} onRange={setRange} />
          {read && <LedgerSection read={read} loading={loading} onMore={account.more} />}
        </>
      )}
    </main>
  );

  function status(): string {
    if (unsigned) return '';
    if (busy) return message('page-projects-loading');
    return read ? message('page-account-as-of', { time: instantText(read.readAt, locale) }) : '';
  }
}
