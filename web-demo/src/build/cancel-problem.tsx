// Why a build is not cancelled.

import { ApiError } from '@buildcast/client';
import { message } from '../messages/catalogue';
import { errorText } from '../messages/error-text';

export function CancelProblem({ problem }: { problem: unknown }) {
  const refusal = problem instanceof ApiError ? problem : null;
  return (
    <div className="cancel-problem" role="alert">
      <p><strong>{message('page-cancel-refused')}</strong> {refusal ? errorText(refusal) : message('page-server-silent')}</p>
      {refusal && (
        <dl className="facts">
          <div><dt>{message('page-error-code')}</dt><dd><code>{refusal.code}</code></dd></div>
          {refusal.requestId && (
            <div><dt>{message('page-error-request')}</dt><dd><code>{refusal.requestId}</code></dd></div>
          )}
        </dl>
      )}
    </div>
  );
}
