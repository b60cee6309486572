'use client';

// A form that starts a build, and the build as it goes on.

import { useState, type FormEvent } from 'react';
import { useBuild, type Started } from '../lib/use-build';

export function BuildPanel() {
  const [build, setBuild] = useState<Started>();
  const [problem, setProblem] = useState('');
  const events = useBuild(build);
  const last = events.at(-1);

  async function start(submitted: FormEvent<HTMLFormElement>) {
    submitted.preventDefault();
    const heading = new FormData(submitted.currentTarget).get('heading');
    const answer = await fetch('/api/builds', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ heading }) });
    const body = await answer.json().catch(() => ({}));
    setProblem(answer.ok ? '' : (body.message ?? `Error ${answer.status}`));
    if (answer.ok) setBuild(body as Started);
  }

  return (
    <>
      <form onSubmit={start}>
        <label>
          Heading <input name="heading" defaultValue="Hello" maxLength={100} required />
        </label>
        <button>Build</button>
      </form>
      <p role="status">{problem || (last?.finished ? (last.code === 'BUILD_COMPLETED' ? 'Done' : last.code) : build && 'Building')}</p>
      <progress max={1} value={last?.overall_progress ?? 0} aria-label="Progress" />
      <ol aria-label="Events">
        {events.map((event) => (
          <li key={event.seq}>{event.code}</li>
        ))}
      </ol>
      {last?.code === 'BUILD_COMPLETED' && <a href={last.preview_url}>Open the preview</a>}
    </>
  );
}
