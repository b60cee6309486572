// One build at an address of its own, for whoever may see it: another tab, another day.

import { ApiError } from '@buildcast/client';
import { Refusal } from '../api/refusal';
import { useSession } from '../api/session-context';
import { message } from '../messages/catalogue';
import { hrefOf } from '../shell/route';
import { BuildPanel } from './build-panel';
import { useNamedBuild } from './use-named-build';
import { useWatched } from './use-watched';

export default function WatchView({ buildId }: { buildId: string }) {
  const { session, userId } = useSession();
  const { named, problem, again } = useNamedBuild(buildId, userId);
  const watched = useWatched(named && buildId, named?.streamToken ?? '', userId);
  const unsigned = session !== null && userId === null;

  if (named) {
    return (
      <main className="watch-view">
        <a className="view-back" href={hrefOf({ view: 'project', projectId: named.projectId })}>{message('page-watch-project')}</a>
        <BuildPanel shown={named} watched={watched} again={null} />
      </main>
    );
  }
  const none = problem instanceof ApiError && problem.status === 404;
  return (
    <main className="watch-view" aria-busy={!unsigned && problem === null}>
      <a className="view-back" href={hrefOf({ view: 'projects' })}>{message('page-versions-back')}</a>
      <h2>{message('page-build-heading')}</h2>
      <p className="quiet-text" role="status">{problem === null && !unsigned && message('page-projects-loading')}</p>
      {unsigned && <p>{message(session.kind === 'silent' ? 'page-server-silent' : 'page-watch-closed')}</p>}
      {problem !== null && <Refusal heading={message(none ? 'page-watch-none' : 'page-watch-unread')} problem={problem} onRetry={none ? undefined : again} />}
      {none && <p>{message('page-watch-none-hint')}</p>}
    </main>
  );
}
