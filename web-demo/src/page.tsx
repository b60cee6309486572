// The page: its header, the way to its views, and the one that its address names.

import { lazy, Suspense, useEffect, useMemo, useState, type ReactElement } from 'react';
import { readSession, type Session } from './api/session';
import { SessionContext } from './api/session-context';
import { BuildView } from './build/build-view';
import { message } from './messages/catalogue';
import { useLocale } from './messages/use-locale';
import { Navigation } from './shell/navigation';
import { PageHeader } from './shell/page-header';
import { useRoute, type Route } from './shell/route';

// The first view is in the page; each other one comes when it is wanted.
const ProjectsView = lazy(() => import('./projects/projects-view'));
const ProjectView = lazy(() => import('./versions/project-view'));
const AccountView = lazy(() => import('./account/account-view'));
const QaView = lazy(() => import('./qa/qa-view'));
const EventsView = lazy(() => import('./events/events-view'));

export function Page() {
  // All texts below are drawn again with another language; what is watched goes on.
  useLocale();
  const route = useRoute();
  const [session, setSession] = useState<Session | null>(null);
  const holder = useMemo(
    () => ({
      session,
      userId: session?.kind === 'development' ? session.session.userId : null,
      askAgain: () => void readSession().then(setSession),
    }),
    [session],
  );
  useEffect(() => void readSession().then(setSession), []);

  return (
    <SessionContext value={holder}>
      <a className="skip" href="#view">{message('page-skip')}</a>
      <PageHeader session={session} />
      <Navigation route={route} />
      <div id="view" tabIndex={-1}>
        <Suspense fallback={<main className="view-coming" aria-busy="true" />}>{viewOf(route)}</Suspense>
      </div>
    </SessionContext>
  );
}

function viewOf(route: Route): ReactElement {
  switch (route.view) {
    case 'build':
      return <BuildView />;
    case 'projects':
      return <ProjectsView />;
    case 'project':
      return <ProjectView key={route.projectId} projectId={route.projectId} />;
    case 'account':
      return <AccountView />;
    case 'qa':
      return <QaView key={route.buildId ?? ''} buildId={route.buildId} />;
    case 'events':
      return <EventsView />;
  }
}
