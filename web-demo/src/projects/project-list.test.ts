import type { components } from '@buildcast/client';
import { describe, expect, it } from 'vitest';
import { listProjects, newestBuilds, withOlder } from './project-list';

const build = (projectId: string, buildId: string) => ({ projectId, buildId }) as components['schemas']['BuildView'];
const project = (projectId: string, name: string) => ({ projectId, name, previewUrl: null }) as components['schemas']['ProjectView'];

describe('the list of projects', () => {
  it('has each project once, with its newest build', () => {
    const newest = newestBuilds([build('a', '3'), build('b', '2'), build('a', '1')]);
    expect(newest.map(({ buildId }) => buildId)).toEqual(['3', '2']);
  });

  it('has a project without a name when it is gone', () => {
    const listed = listProjects([build('a', '2'), build('b', '1')], [project('b', 'Bakery')]);
    expect(listed.map(({ name }) => name)).toEqual([null, 'Bakery']);
  });

  it('keeps the newer build of a project that an older page has again', () => {
    const shown = listProjects([build('a', '3')], []);
    const all = withOlder(shown, listProjects([build('a', '2'), build('b', '1')], []));
    expect(all.map(({ newest }) => newest.buildId)).toEqual(['3', '1']);
  });
});
