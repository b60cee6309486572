// A page that shows what `useBuildEvents` gives, for client.spec.ts to read.

import type { TransportName } from '@buildcast/client';
import { useBuildEvents } from '@buildcast/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

export interface Shown {
  buildId: string | null;
  baseUrl: string;
  token: string;
  transport: TransportName;
  locale?: string;
}

function Build({ buildId, ...options }: Shown) {
  const { events, status, latestEvent, state, replaying, missed, error } = useBuildEvents(buildId, options);
  return (
    <dl>
      <dd id="status">{status}</dd>
      <dd id="state">{state}</dd>
      <dd id="latest">{latestEvent?.code}</dd>
      <dd id="numbers">{events.map(({ seq }) => seq).join()}</dd>
      <dd id="rest">{JSON.stringify({ replaying, missed, error: error?.code ?? null })}</dd>
    </dl>
  );
}

const root = createRoot(document.body.appendChild(document.createElement('main')));

/** Draws it with these, or takes it away. */
export function show(shown: Shown | null): void {
  root.render(<StrictMode>{shown && <Build {...shown} />}</StrictMode>);
}
