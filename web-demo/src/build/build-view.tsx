// What to build on one side, the build on the other.

import { useRef, useState } from 'react';
import { useSession } from '../api/session-context';
import { sizeOf } from '../prompt/cost';
import { useCost } from '../prompt/use-cost';
import { useGenerator } from '../prompt/use-generator';
import { usePrompt } from '../prompt/use-prompt';
import { ProjectForm, type Prompting } from '../project/project-form';
import { useDraft } from '../project/use-draft';
import { useStart } from '../project/use-start';
import { isSampleId, loadSample } from '../samples/samples';
import { againHindrance } from './again';
import { BuildPanel } from './build-panel';
import { keepBuild, readKeptBuild, type KeptBuild } from './kept-build';
import { useWatched } from './use-watched';

export function BuildView() {
  const { session, userId, askAgain } = useSession();
  const [kept, setKept] = useState<KeptBuild | null>(readKeptBuild);
  const draft = useDraft(userId, kept?.source ?? 'static-site');
  const { chosen } = draft;
  const watched = useWatched(kept?.buildId ?? null, kept?.streamToken ?? '', userId);
  const { build } = watched;
  const { outcome } = build.timeline;
  const generator = useGenerator(session);
  const prompt = usePrompt(outcome);
  const changes = generator && chosen.source === 'last' ? kept : null;
  const target = changes ? { projectId: changes.projectId } : { size: sizeOf(chosen.choice) };
  const cost = useCost(userId, generator ? target : null, `${kept?.buildId} ${outcome?.code}`);
  const prompting: Prompting | null = generator
    ? { prompt, cost, last: kept && { name: kept.name, busy: outcome === null && build.refusal === null } }
    : null;
  const buildHeading = useRef<HTMLHeadingElement>(null);

  const { starting, problem, start } = useStart((started) => {
    keepBuild(started);
    setKept(started);
    prompt.begin(started.prompt);
    // Where the eyes are to go next; on a phone the build lies below the form.
    const heading = buildHeading.current;
    if (!heading) return;
    heading.focus({ preventScroll: true });
    const { top } = heading.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) heading.scrollIntoView();
  });

  const startNew = (name: string) => {
    const { choice, source } = chosen;
    const asked = generator ? prompt.sent : undefined;
    if (userId && changes) void start({ userId, choice: null, source, name, projectId: changes.projectId, prompt: asked });
    else if (userId && choice) void start({ userId, choice, source, name, prompt: asked });
  };

  const buildAgain = async () => {
    if (!userId || !kept) return;
    const { source, name, projectId, prompt: asked } = kept;
    const choice = isSampleId(source) ? await loadSample(source) : source === 'own' ? chosen.own : null;
    if (choice || source === 'last') await start({ userId, choice, source, name, projectId, prompt: asked });
  };

  return (
    <main className="build-view">
      <ProjectForm
        draft={draft}
        session={session}
        prompting={prompting}
        starting={starting}
        problem={problem}
        onStart={startNew}
        onAskSession={askAgain}
      />
      <BuildPanel
        shown={kept}
        watched={watched}
        again={{
          hindrance: userId && kept ? againHindrance(kept, chosen.own !== null, outcome?.succeeded === true) : 'page-choose-again',
          starting,
          start: () => void buildAgain(),
        }}
        headingRef={buildHeading}
      />
    </main>
  );
}
