// Why a request got no answer that can be shown: the server's words, with the code and the id to quote.

import { ApiError } from '@buildcast/client';
import { hasMessage, message } from '../messages/catalogue';
import { errorText } from '../messages/error-text';

interface RefusalProps {
  heading: string;
  problem: unknown;
  onRetry?: () => void;
}

export function Refusal({ heading, problem, onRetry }: RefusalProps) {
  const answer = problem instanceof ApiError ? problem : null;
  const reason = answer && reasonText(answer.params.reason);
  return (
    <section className="problem" role="alert">
      <h3>{heading}</h3>
      <p>{answer ? errorText(answer) : message('page-server-silent')}</p>
      {reason && <p>{reason}</p>}
      {answer && (
        <dl className="facts">
          <div><dt>{message('page-error-code')}</dt><dd><code>{answer.code}</code></dd></div>
          {answer.requestId && (
            <div><dt>{message('page-error-request')}</dt><dd><code>{answer.requestId}</code></dd></div>
          )}
        </dl>
      )}
      {onRetry && <button type="button" className="quiet" onClick={onRetry}>{message('page-retry')}</button>}
    </section>
  );
}

/** A reason is a stable word; a sentence where the catalogue has one. */
export function reasonText(reason: unknown): string | null {
  if (typeof reason !== 'string') return null;
  const id = [`page-versions-reason-${reason}`, `page-reason-${reason}`].find(hasMessage);
  return id ? message(id) : reason;
}
