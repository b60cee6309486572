import { describe, expect, test } from 'vitest';
import { hrefOf, parseRoute, type Route } from './route';

const routes: Route[] = [
  { view: 'build' },
  { view: 'build', buildId: 'a/b ü%' },
  { view: 'projects' },
  { view: 'project', projectId: 'a/b ü%' },
  { view: 'account' },
  { view: 'qa' },
  { view: 'qa', buildId: 'b1' },
  { view: 'events' },
];

describe('an address', () => {
  test.each(routes)('of a route is read as that route: %o', (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route);
  });

  test.each(['#build-heading', '#/nowhere', '#/projects/a/b', '#/account/x', '#/builds', '#/builds/', '#/events/x'])('that names no route is none: %s', (hash) => {
    expect(parseRoute(hash)).toBeNull();
  });

  test('with an escape that is none is taken as it stands', () => {
    expect(parseRoute('#/projects/%zz')).toEqual({ view: 'project', projectId: '%zz' });
  });
});
