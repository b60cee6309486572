// What the credits of a time were used for.

import { hasMessage, message } from '../messages/catalogue';
import type { UsageAnalytics } from './use-usage';

export function OperationFigures({ usage: { byOperation, total } }: { usage: UsageAnalytics }) {
  return (
    <section className="card figures">
      <h4>{message('page-account-by-operation')}</h4>
      {byOperation.length === 0 ? (
        <p className="quiet-text">{message('page-account-credits-none')}</p>
      ) : (
        <dl className="shares">
          {byOperation.map(({ operation, credits, charges }) => (
            <div key={operation}>
              <dt>{operationText(operation)}</dt>
              <dd>
                {message('page-account-credits', { count: credits })}
                <span className="quiet-text">{message('page-account-charges', { count: charges })}</span>
              </dd>
              <dd className="share" aria-hidden="true"><span style={{ inlineSize: `${total.credits > 0 ? (100 * credits) / total.credits : 0}%` }} /></dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** A newer server's word stays as it is. */
function operationText(operation: string) {
  const id = `page-account-operation-${operation}`;
  return hasMessage(id) ? message(id) : <code>{operation}</code>;
}
