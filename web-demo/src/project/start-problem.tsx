// Why a build did not start: the server's answer, or what stopped the request before it.

import { ApiError } from '@buildcast/client';
import { TooLarge } from '../api/start-build';
import { MAX_START_BYTES } from '../files/choice';
import { byteSize } from '../messages/byte-size';
import { currentLocale, message } from '../messages/catalogue';
import { errorText } from '../messages/error-text';
import { fieldErrors } from './field-errors';

export function StartProblem({ problem }: { problem: unknown }) {
  return (
    <section className="problem" role="alert">
      <h3>{message('page-error-heading')}</h3>
      {problem instanceof ApiError ? <Answer envelope={problem} /> : <p>{sentence(problem)}</p>}
    </section>
  );
}

function Answer({ envelope }: { envelope: ApiError }) {
  const fields = fieldErrors(envelope);
  return (
    <>
      <p>{errorText(envelope)}</p>
      {envelope.code === 'INSUFFICIENT_CREDITS' && <p><a href="#/account">{message('page-prompt-account')}</a></p>}
      {fields.length > 0 && (
        <ul className="problem-fields">
          {fields.map(({ field, message: text }, at) => (
            <li key={at}><code>{field}</code> {text}</li>
          ))}
        </ul>
      )}
      <dl className="facts">
        <div><dt>{message('page-error-code')}</dt><dd><code>{envelope.code}</code></dd></div>
        {envelope.requestId && (
          <div><dt>{message('page-error-request')}</dt><dd><code>{envelope.requestId}</code></dd></div>
        )}
      </dl>
    </>
  );
}

function sentence(problem: unknown): string {
  if (problem instanceof TooLarge) {
    const locale = currentLocale();
    return message('page-files-too-large', { size: byteSize(problem.bytes, locale), limit: byteSize(MAX_START_BYTES, locale) });
  }
  // A file that changed since it was chosen can't be read; everything else is the network.
  return message(problem instanceof DOMException ? 'page-files-unreadable' : 'page-server-silent');
}
