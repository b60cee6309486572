// Whatever is set, a project's script reads no document of another project.

import { expect, test } from './server';
import { peek } from './two-projects';

test('no document of another project can be read', async ({ page, server }) => {
  const { framed, opened } = await peek(page, server);
  expect(framed).not.toContain('secret');
  expect(opened).not.toContain('secret');
});
