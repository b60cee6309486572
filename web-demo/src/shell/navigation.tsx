// The way to each view.

import { message } from '../messages/catalogue';
import { hrefOf, MAIN_VIEWS, type Route } from './route';

export function Navigation({ route }: { route: Route }) {
  const shown = route.view === 'project' ? 'projects' : route.view;
  return (
    <nav className="views" aria-label={message('page-views')}>
      <ul>
        {MAIN_VIEWS.map((view) => (
          <li key={view}>
            <a href={hrefOf({ view })} aria-current={view === shown ? 'page' : undefined}>{message(`page-view-${view}`)}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
