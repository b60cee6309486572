// What went wrong with a request, in the page's language, with what support asks for.

import type { ApiError } from '@buildcast/client';
import { message } from '../messages/catalogue';
import { errorText } from '../messages/error-text';

export function ProblemText({ problem }: { problem: ApiError | 'silent' }) {
  if (problem === 'silent') return <p role="alert" className="qa-problem">{message('page-server-silent')}</p>;
  return (
    <div role="alert" className="qa-problem">
      <p>{errorText(problem)}</p>
      <dl className="facts">
        <div><dt>{message('page-error-code')}</dt><dd><code>{problem.code}</code></dd></div>
        {problem.requestId && <div><dt>{message('page-error-request')}</dt><dd><code>{problem.requestId}</code></dd></div>}
      </dl>
    </div>
  );
}
