// A build once more, exactly as it came: over a connection that may be cut, with every number checked.

import type { ApiError } from '@buildcast/client';
import { useEffect, useRef, useState } from 'react';
import { ask } from '../api/ask';
import { useSession } from '../api/session-context';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import '../style/qa.css';
import { problemOf, useEndedBuilds } from './ended-builds';
import { ProblemText } from './problem-text';
import { RecordingDownload } from './recording-download';
import { ReplayForm, type ReplayWish } from './replay-form';
import { ReplayPanel } from './replay-panel';
import type { StartedReplay, WatchedTransport } from './use-replay';

export default function QaView({ buildId: givenId }: { buildId: string | undefined }) {
  useLocale();
  const { session, userId } = useSession();
  const { builds, problem: listProblem, more, readMore } = useEndedBuilds(userId);
  const [chosen, setChosen] = useState(givenId ?? null);
  const [transport, setTransport] = useState<WatchedTransport>('sse');
  const [started, setStarted] = useState<StartedReplay | null>(null);
  const [problem, setProblem] = useState<ApiError | 'silent' | null>(null);
  const [starting, setStarting] = useState(false);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const gone = (leaving.current = new AbortController());
    return () => gone.abort();
  }, []);
  const buildId = chosen ?? builds?.[0]?.buildId ?? null;

  const start = async (wish: ReplayWish) => {
    if (!buildId) return;
    const { signal } = leaving.current;
    setStarting(true);
    setProblem(null);
    try {
      const replay = await ask('post', '/v1/builds/{id}/replay', { path: { id: buildId }, body: wish, signal });
      if (!signal.aborted) setStarted({ fromSeq: wish.fromSeq, step: wish.step === true, replay });
    } catch (cause) {
      if (!signal.aborted) setProblem(problemOf(cause));
    }
    if (!signal.aborted) setStarting(false);
  };

  return (
    <main className="qa-view">
      <section className="card qa-setup">
        <h2>{message('page-qa-heading')}</h2>
        <p className="quiet-text">{message('page-qa-intro')}</p>
        <ReplayForm
          buildId={buildId}
          givenId={givenId}
          builds={builds}
          transport={transport}
          hindrance={hindranceOf()}
          onBuild={setChosen}
          onTransport={setTransport}
          onStart={(wish) => void start(wish)}
        />
        {problem && <ProblemText problem={problem} />}
        {listProblem && <ProblemText problem={listProblem} />}
        <div className="qa-more">
          {more && <button type="button" className="quiet" onClick={readMore}>{listProblem ? message('page-retry') : message('page-qa-older')}</button>}
          {buildId && userId && <RecordingDownload key={buildId} buildId={buildId} />}
        </div>
      </section>
      {started ? (
        <ReplayPanel key={started.replay.replayId} started={started} transport={transport} />
      ) : (
        <section className="card qa-replay" aria-labelledby="qa-record-heading">
          <h3 id="qa-record-heading">{message('page-qa-record-heading')}</h3>
          <p className="quiet-text">{message('page-qa-empty')}</p>
        </section>
      )}
    </main>
  );

  function hindranceOf(): string | null {
    if (session?.kind === 'closed') return message('page-needs-development');
    if (session?.kind === 'silent') return message('page-server-silent');
    if (starting) return message('page-starting');
    if (buildId) return null;
    return builds ? message('page-qa-no-builds') : message('page-qa-reading');
  }
}
