// The page: its header, the way to its views, and the one that its address names.

import { lazy, Suspense, useEffect, useMemo, type ReactElement } from 'react';
import { readSession } from './api/session';
import { SessionContext } from './api/session-context';
import { onSessionChange } from './api/session-end';
import { BuildView } from './build/build-view';
import { useAdopted } from './login/use-adopted';
import { mustWait, Waiting } from './login/waiting';
import { message } from './messages/catalogue';
import { useLocale } from './messages/use-locale';
import { Navigation } from './shell/navigation';
import { PageHeader } from './shell/page-header';
import { useRoute, type Route } from './shell/route';

// The first view is in the page; each other one comes when it is wanted.
const WatchView = lazy(() => import('./build/watch-view'));
const ProjectsView = lazy(() => import('./projects/projects-view'));
const ProjectView = lazy(() => import('./versions/project-view'));
const AccountView = lazy(() => import('./account/account-view'));
const QaView = lazy(() => import('./qa/qa-view'));
const EventsView = lazy(() => import('./events/events-view'));
const LoginView = lazy(() => import('./login/login-view'));

export function Page() {
  // All texts below are drawn again with another language; what is watched goes on.
  useLocale();
  const route = useRoute();
  const { session, userId, visitor, adopt } = useAdopted();
  const holder = useMemo(
    () => ({
      session,
      userId,
      askAgain: () => void readSession().then(adopt),
      adopt,
    }),
    [session, userId, adopt],
  );
  useEffect(() => void readSession().then(adopt), [adopt]);
  useEffect(() => onSessionChange(() => void readSession().then(adopt)), [adopt]);

  return (
    <SessionContext value={holder}>
      <a className="skip" href="#view">{message('page-skip')}</a>
      <PageHeader session={session} />
      <Navigation route={route} />
      <div id="view" tabIndex={-1}>
        <Suspense key={visitor} fallback={<main className="view-coming" aria-busy="true" />}>
          {shown()}
        </Suspense>
      </div>
    </SessionContext>
  );

  function shown(): ReactElement {
    if (mustWait(session)) return <Waiting session={session} onAskAgain={holder.askAgain} />;
    // What a login is for can't be seen without; the reference is everybody's.
    if (session?.kind === 'login' && route.view !== 'events') return <LoginView token={route.view === 'login' ? route.token : null} />;
    return viewOf(route);
  }
}

function viewOf(route: Route): ReactElement {
  switch (route.view) {
    case 'build':
      return route.buildId === undefined ? <BuildView /> : <WatchView key={route.buildId} buildId={route.buildId} />;
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
    case 'login':
      return <LoginView token={route.token} />;
  }
}
