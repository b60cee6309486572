// What to build on one side, the build on the other.

import { useRef, useState } from 'react';
import { useSession } from '../api/session-context';
import { useLocale } from '../messages/use-locale';
import { ProjectForm } from '../project/project-form';
import { useChoice } from '../project/use-choice';
import { useStart } from '../project/use-start';
import { isSampleId, loadSample } from '../samples/samples';
import { BuildPanel } from './build-panel';
import { keepBuild, readKeptBuild, type KeptBuild } from './kept-build';
import { isQueued } from './timeline';
import { useBuild } from './use-build';
import { useCancel } from './use-cancel';
import { useLog } from './use-log';
import { useQueuePlace } from './use-queue-place';

export function BuildView() {
  const locale = useLocale();
  const { session, userId, askAgain } = useSession();
  const [kept, setKept] = useState<KeptBuild | null>(readKeptBuild);
  const chosen = useChoice(kept?.source ?? 'static-site');
  const build = useBuild(kept?.buildId ?? null, kept?.streamToken ?? '', locale);
  const log = useLog(kept?.buildId ?? null, kept?.streamToken ?? '');
  const waits = kept !== null && build.refusal === null && isQueued(build.timeline);
  const queuePlace = useQueuePlace(kept?.buildId ?? null, userId, waits);
  const cancelling = useCancel(kept?.buildId ?? null, userId);
  const buildHeading = useRef<HTMLHeadingElement>(null);

  const { starting, problem, start } = useStart((started) => {
    keepBuild(started);
    setKept(started);
    // Where the eyes are to go next; on a phone the build lies below the form.
    const heading = buildHeading.current;
    if (!heading) return;
    heading.focus({ preventScroll: true });
    const { top } = heading.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) heading.scrollIntoView();
  });

  const startNew = (name: string) => {
    if (userId && chosen.choice) void start({ userId, choice: chosen.choice, source: chosen.source, name });
  };

  const buildAgain = async () => {
    if (!userId || !kept) return;
    const { source, name, projectId } = kept;
    const choice = isSampleId(source) ? await loadSample(source) : chosen.own;
    if (choice) await start({ userId, choice, source, name, projectId });
  };

  return (
    <main className="build-view">
      <ProjectForm
        chosen={chosen}
        session={session}
        starting={starting}
        problem={problem}
        onStart={startNew}
        onAskSession={askAgain}
      />
      <BuildPanel
        kept={kept}
        build={build}
        log={log}
        queuePlace={queuePlace}
        cancelling={userId ? cancelling : null}
        canBuildAgain={userId !== null && kept !== null && (isSampleId(kept.source) || chosen.own !== null)}
        starting={starting}
        onBuildAgain={() => void buildAgain()}
        headingRef={buildHeading}
      />
    </main>
  );
}
