// The API reference: RapiDoc, bundled, over the document that this server serves.
// Nothing is loaded from elsewhere.

import 'rapidoc';
import './docs.css';

const dark = matchMedia('(prefers-color-scheme: dark)');

const reference = document.createElement('rapi-doc');
const fixed = {
  'spec-url': new URL('openapi.json', document.baseURI).href,
  'render-style': 'focused',
  'schema-style': 'table',
  'default-schema-tab': 'schema',
  'show-header': 'false',
  'load-fonts': 'false',
  'regular-font': 'system-ui, sans-serif',
  'mono-font': 'ui-monospace, monospace',
  'allow-spec-url-load': 'false',
  'allow-spec-file-load': 'false',
  'allow-server-selection': 'false',
  // A signed request can't be made here: the secret belongs in no browser.
  'allow-try': 'false',
  'allow-authentication': 'false',
  'show-method-in-nav-bar': 'as-colored-text',
  'use-path-in-nav-bar': 'false',
  'update-route': 'true',
};
for (const [name, value] of Object.entries(fixed)) reference.setAttribute(name, value);

function paint() {
  reference.setAttribute('theme', dark.matches ? 'dark' : 'light');
  reference.setAttribute('bg-color', dark.matches ? '#12161d' : '#ffffff');
  reference.setAttribute('nav-bg-color', dark.matches ? '#181d26' : '#f5f7fa');
  reference.setAttribute('text-color', dark.matches ? '#e8ecf3' : '#1a2230');
  reference.setAttribute('primary-color', dark.matches ? '#8fb0ff' : '#2f5bd8');
}
paint();
dark.addEventListener('change', paint);

document.getElementById('reference')?.replaceWith(reference);
