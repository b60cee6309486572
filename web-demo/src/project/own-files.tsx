// Where one's own files come in: two buttons, and a hint that dropping works too.

import { useEffect, useRef } from 'react';
import { message } from '../messages/catalogue';
import { ChosenFiles } from './chosen-files';
import type { Chosen } from './use-choice';

export function OwnFiles({ chosen }: { chosen: Chosen }) {
  const folderInput = useRef<HTMLInputElement>(null);
  const zipInput = useRef<HTMLInputElement>(null);
  const { pickNone } = chosen;
  // React listens to this event at dialogs only.
  useEffect(() => {
    const inputs = [folderInput.current, zipInput.current];
    for (const input of inputs) input?.addEventListener('cancel', pickNone);
    return () => {
      for (const input of inputs) input?.removeEventListener('cancel', pickNone);
    };
  }, [pickNone]);
  const onChange = (event: React.ChangeEvent<HTMLInputElement>) => {
    chosen.pick(event.target.files ?? []);
    // The same folder can be chosen again after its files have changed.
    event.target.value = '';
  };
  return (
    <div className="drop-zone" data-dragging={chosen.dragging || undefined}>
      {chosen.own && <ChosenFiles choice={chosen.own} />}
      {chosen.fault && <p className="problem-line" role="alert">{message(chosen.fault)}</p>}
      {!chosen.own && <p className="drop-hint">{message('page-drop-hint')}</p>}
      <div className="buttons">
        <button type="button" className="quiet" onClick={() => folderInput.current?.click()}>
          {message('page-pick-folder')}
        </button>
        <button type="button" className="quiet" onClick={() => zipInput.current?.click()}>
          {message('page-pick-zip')}
        </button>
        {chosen.own && (
          <button type="button" className="plain" onClick={chosen.removeOwn}>{message('page-files-remove')}</button>
        )}
      </div>
      {/* Behind the buttons, which can be labelled and styled; not reached by keyboard themselves. */}
      <input ref={folderInput} type="file" hidden data-pick="folder" webkitdirectory="" onChange={onChange} />
      <input ref={zipInput} type="file" hidden data-pick="zip" accept=".zip" onChange={onChange} />
    </div>
  );
}

declare module 'react' {
  interface InputHTMLAttributes<T> extends HTMLAttributes<T> {
    /** Lets the input choose a folder. */
    webkitdirectory?: string;
  }
}
