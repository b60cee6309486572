// The page: what to build on one side, the build on the other.

import { useEffect, useRef, useState } from 'react';
import { readSession, type Session } from './api/session';
import { BuildPanel } from './build/build-panel';
import { keepBuild, readKeptBuild, type KeptBuild } from './build/kept-build';
import { useBuild } from './build/use-build';
import { message } from './messages/catalogue';
import { useLocale } from './messages/use-locale';
import { PageHeader } from './page-header';
import { ProjectForm } from './project/project-form';
import { useChoice } from './project/use-choice';
import { useStart } from './project/use-start';
import { isSampleId, loadSample } from './samples/samples';

export function Page() {
  // All texts below are drawn again with another language; what is watched goes on.
  const locale = useLocale();
  const [session, setSession] = useState<Session | null>(null);
  const [kept, setKept] = useState<KeptBuild | null>(readKeptBuild);
  const chosen = useChoice(kept?.source ?? 'static-site');
  const build = useBuild(kept?.buildId ?? null, kept?.streamToken ?? '', locale);
  const buildHeading = useRef<HTMLHeadingElement>(null);

  const askSession = () => void readSession().then(setSession);
  useEffect(askSession, []);

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
  const userId = session?.kind === 'development' ? session.session.userId : null;

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
    <>
      <a className="skip" href="#build-heading">{message('page-skip')}</a>
      <PageHeader session={session} />
      <main>
        <ProjectForm
          chosen={chosen}
          session={session}
          starting={starting}
          problem={problem}
          onStart={startNew}
          onAskSession={askSession}
        />
        <BuildPanel
          kept={kept}
          build={build}
          canBuildAgain={userId !== null && kept !== null && (isSampleId(kept.source) || chosen.own !== null)}
          starting={starting}
          onBuildAgain={() => void buildAgain()}
          headingRef={buildHeading}
        />
      </main>
    </>
  );
}
