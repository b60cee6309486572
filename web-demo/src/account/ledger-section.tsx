// Every line of the account, newest first, page by page.

import { message } from '../messages/catalogue';
import { balancesAfter, heldBy } from './ledger';
import { LedgerLine } from './ledger-line';
import type { AccountRead } from './read-account';

interface LedgerSectionProps {
  read: AccountRead;
  loading: boolean;
  onMore: () => void;
}

export function LedgerSection({ read: { account, entries, nextCursor, settled }, loading, onMore }: LedgerSectionProps) {
  const after = balancesAfter(entries, account.balance.total);
  const { reservations } = heldBy(entries);
  return (
    <section className="card ledger" aria-labelledby="ledger-heading">
      <h3 id="ledger-heading">{message('page-account-ledger')}</h3>
      {entries.length === 0 && <p>{message('page-account-ledger-empty')}</p>}
      {!settled && <p className="quiet-text">{message('page-account-unsettled')}</p>}
      {entries.length > 0 && (
        <>
          <div className="table-frame" role="group" aria-labelledby="ledger-heading" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{message('page-account-column-time')}</th>
                  <th scope="col">{message('page-account-column-what')}</th>
                  <th scope="col" className="number">{message('page-account-column-credits')}</th>
                  <th scope="col" className="number">{message('page-account-column-after')}</th>
                </tr>
              </thead>
              <tbody>
                {entries.map((entry, at) => (
                  <LedgerLine
                    key={entry.id}
                    entry={entry}
                    after={settled ? (after[at] ?? null) : null}
                    held={entry.kind === 'hold' && reservations.has(entry.reservationId ?? '')}
                  />
                ))}
              </tbody>
            </table>
          </div>
          <p className="quiet-text" role="status">{message('page-account-lines', { count: entries.length })}</p>
        </>
      )}
      {nextCursor !== null && (
        <button type="button" className="quiet" aria-disabled={loading || undefined} onClick={() => !loading && onMore()}>
          {message(loading ? 'page-projects-loading' : 'page-projects-more')}
        </button>
      )}
    </section>
  );
}
