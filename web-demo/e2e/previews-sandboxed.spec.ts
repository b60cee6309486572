// Under the sandbox a project's script reads nothing that another project keeps either.

import { expect, test } from './server';
import { peek } from './two-projects';

test.use({
  environment: { BUILDCAST_PREVIEW_POLICY: 'sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads; frame-ancestors {origins}' },
});

test('nothing of another project can be read, its storage included', async ({ page, server }) => {
  const { stored, framed, opened } = await peek(page, server);
  expect(stored).toBe('SecurityError');
  expect(framed).not.toContain('secret');
  expect(opened).not.toContain('secret');
});
