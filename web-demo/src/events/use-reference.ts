// Asks the server for its document, which is no part of the page.

import { useCallback, useEffect, useRef, useState } from 'react';
import { readReference, type Reference } from './reference';

export type ReadReference = { reference: Reference } | 'reading' | 'failed';

export function useReference(): { read: ReadReference; again: () => void } {
  const [read, setRead] = useState<ReadReference>('reading');
  const asking = useRef<AbortController | null>(null);
  const again = useCallback(() => {
    asking.current?.abort();
    const asked = new AbortController();
    asking.current = asked;
    setRead('reading');
    fetchReference(asked.signal).then(
      (reference) => !asked.signal.aborted && setRead({ reference }),
      () => !asked.signal.aborted && setRead('failed'),
    );
  }, []);
  useEffect(() => {
    again();
    return () => asking.current?.abort();
  }, [again]);
  return { read, again };
}

async function fetchReference(signal: AbortSignal): Promise<Reference> {
  const answer = await fetch(new URL('openapi.json', document.baseURI), { headers: { accept: 'application/json' }, signal });
  if (!answer.ok) throw new Error(`${answer.status} for the document`);
  return readReference(await answer.json());
}
