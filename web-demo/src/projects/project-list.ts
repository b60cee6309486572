// A list of projects, made of pages of builds. Pure.

import type { components } from '@buildcast/client';

type BuildView = components['schemas']['BuildView'];
type ProjectView = components['schemas']['ProjectView'];

export interface ListedProject {
  projectId: string;
  /** Null for a project that is gone. */
  name: string | null;
  previewUrl: string | null;
  newest: BuildView;
}

/** The newest build of each project; `builds` are newest first. */
export function newestBuilds(builds: readonly BuildView[]): BuildView[] {
  const newest = new Map<string, BuildView>();
  for (const build of builds) if (!newest.has(build.projectId)) newest.set(build.projectId, build);
  return [...newest.values()];
}

export function listProjects(builds: readonly BuildView[], projects: readonly ProjectView[]): ListedProject[] {
  const byId = new Map(projects.map((project) => [project.projectId, project]));
  return newestBuilds(builds).map((newest) => {
    const project = byId.get(newest.projectId);
    return { projectId: newest.projectId, name: project?.name ?? null, previewUrl: project?.previewUrl ?? null, newest };
  });
}

/** What came before, and of a later page what is of other projects: its builds are older. */
export function withOlder(shown: readonly ListedProject[], older: readonly ListedProject[]): ListedProject[] {
  const known = new Set(shown.map(({ projectId }) => projectId));
  return [...shown, ...older.filter(({ projectId }) => !known.has(projectId))];
}
