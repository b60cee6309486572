// The button that ends a build, and the question before it does.

import { useRef } from 'react';
import { message } from '../messages/catalogue';
import type { Cancelling } from './use-cancel';

export function CancelBuild({ cancelling: { state, cancel } }: { cancelling: Cancelling }) {
  const question = useRef<HTMLDialogElement>(null);
  const busy = state === 'asking' || state === 'asked';
  return (
    <>
      <button
        type="button"
        className="quiet"
        aria-disabled={busy || undefined}
        aria-haspopup="dialog"
        onClick={() => !busy && question.current?.showModal()}
      >
        {message(busy ? 'page-cancelling' : 'page-cancel')}
      </button>
      <dialog ref={question} className="question" aria-labelledby="cancel-heading" aria-describedby="cancel-text">
        <form method="dialog">
          <h3 id="cancel-heading">{message('page-cancel-heading')}</h3>
          <p id="cancel-text">{message('page-cancel-text')}</p>
          <div className="buttons">
            <button type="submit" className="quiet">{message('page-cancel-keep')}</button>
            <button type="submit" className="danger" onClick={cancel}>{message('page-cancel-confirm')}</button>
          </div>
        </form>
      </dialog>
    </>
  );
}
