// The page: its header, the way to its views, and the one that its address names.

import { Suspense, useEffect, useMemo, type ReactElement } from 'react';
import { readSession } from './api/session';
import { SessionContext } from './api/session-context';
import { onSessionChange } from './api/session-end';
import { BuildView } from './build/build-view';
import { useAdopted } from './login/use-adopted';
import { mustWait, Waiting } from './login/waiting';
import { useLocale } from './messages/use-locale';
import { lazyView } from './shell/lazy-view';
import { Navigation } from './shell/navigation';
import { PageHeader } from './shell/page-header';
import { hrefOf, useRoute, type Route } from './shell/route';
import { SkipLink, VIEW_ID } from './shell/skip-link';
import { nameOf, useTitle } from './shell/title';
import { useMendedAddress } from './shell/use-mended-address';
import { ViewBoundary } from './shell/view-boundary';

// The first view is in the page; each other one comes when it is wanted.
const WatchView = lazyView(() => import('./build/watch-view'));
const ProjectsView = lazyView(() => import('./projects/projects-view'));
const ProjectView = lazyView(() => import('./versions/project-view'));
const AccountView = lazyView(() => import('./account/account-view'));
const QaView = lazyView(() => import('./qa/qa-view'));
const EventsView = lazyView(() => import('./events/events-view'));
const LoginView = lazyView(() => import('./login/login-view'));

export function Page() {
  // All texts below are drawn again with another language; what is watched goes on.
  useLocale();
  const route = useRoute();
  useMendedAddress();
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
  // What a login is for can't be seen without; the reference is everybody's.
  const mustLogIn = route.view === 'login' || (session?.kind === 'login' && route.view !== 'events');
  useTitle(nameOf(mustLogIn ? 'login' : route.view));

  return (
    <SessionContext value={holder}>
      <SkipLink />
      <PageHeader session={session} />
      <Navigation route={route} />
      <div id={VIEW_ID} tabIndex={-1}>
        <ViewBoundary place={hrefOf(route)}>
          <Suspense key={visitor} fallback={<main className="view-coming" aria-busy="true" />}>
            {shown()}
          </Suspense>
        </ViewBoundary>
      </div>
    </SessionContext>
  );

  function shown(): ReactElement {
    if (mustWait(session)) return <Waiting session={session} onAskAgain={holder.askAgain} />;
    if (mustLogIn) return <LoginView token={route.view === 'login' ? route.token : null} />;
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
