// The build's recording as a file, and its checksum.

import { request, type ApiError } from '@buildcast/client';
import { useEffect, useRef, useState } from 'react';
import { renewToken } from '../api/renew-token';
import { message } from '../messages/catalogue';
import { problemOf } from './ended-builds';
import { ProblemText } from './problem-text';
import { readRecording, saveRecording, type RecordingFacts } from './recording';

export function RecordingDownload({ buildId }: { buildId: string }) {
  const [facts, setFacts] = useState<RecordingFacts | null>(null);
  const [problem, setProblem] = useState<ApiError | 'silent' | null>(null);
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const download = async () => {
    asking.current?.abort();
    const asked = new AbortController();
    asking.current = asked;
    setFacts(null);
    setProblem(null);
    try {
      const headers = { authorization: `Bearer ${await renewToken(buildId)}` };
      const text = await request('get', '/v1/builds/{id}/recording', { path: { id: buildId }, headers, signal: asked.signal });
      const read = await readRecording(text);
      if (asked.signal.aborted) return;
      setFacts(read);
      saveRecording(text, buildId);
    } catch (cause) {
      if (!asked.signal.aborted) setProblem(problemOf(cause));
    }
  };

  return (
    <div className="qa-recording">
      <button type="button" className="quiet" onClick={() => void download()}>{message('page-qa-download')}</button>
      <div role="status">
        {facts && (
          <>
            <p>{message('page-qa-recording', { count: facts.eventCount })} <code>{facts.checksum}</code></p>
            <p className={facts.matches === false ? 'qa-problem' : 'quiet-text'}>{checksumText(facts)}</p>
          </>
        )}
      </div>
      {problem && <ProblemText problem={problem} />}
    </div>
  );
}

function checksumText({ matches }: RecordingFacts): string {
  if (matches === null) return message('page-qa-checksum-unknown');
  return matches ? message('page-qa-checksum-good') : message('page-qa-checksum-bad');
}
