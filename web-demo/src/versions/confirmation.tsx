// Asks before what changes what others see; Escape and "Cancel" leave all as it is, and the focus goes back.

import { useEffect, useRef } from 'react';
import { message } from '../messages/catalogue';

interface ConfirmationProps {
  /** Null while nothing is asked. */
  asked: { action: 'rollback' | 'unpublish'; version: string } | null;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirmation({ asked, onConfirm, onClose }: ConfirmationProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (asked) dialog.current?.showModal();
  }, [asked]);
  // The browser tells of the end later: by then it may ask again.
  const closed = () => {
    if (!dialog.current?.open) onClose();
  };
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} className="confirmation" aria-labelledby="confirmation-heading" aria-describedby="confirmation-text" onClose={closed}>
      {asked && (
        <>
          <h3 id="confirmation-heading">{message(`page-versions-ask-${asked.action}`, { version: asked.version })}</h3>
          <p id="confirmation-text">{message(`page-versions-ask-${asked.action}-text`)}</p>
          <div className="buttons">
            <button type="button" className="quiet" onClick={close}>{message('page-versions-cancel')}</button>
            <button
              type="button"
              className="primary"
              onClick={() => {
                onConfirm();
                close();
              }}
            >
              {message(`page-versions-${asked.action}`)}
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}
