// One code: its message, and behind it what it means, its params and an example.

import { memo } from 'react';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import type { CodeEntry } from './reference';

export const CodeDetails = memo(function CodeDetails({ entry, text }: { entry: CodeEntry; text: string }) {
  useLocale();
  return (
    <details className="code-entry" data-code={entry.code}>
      <summary>
        <code>{entry.code}</code>
        <span>{text}</span>
      </summary>
      <div className="code-more">
        <p lang="en" dir="ltr">{entry.meaning}</p>
        {entry.params.length === 0 ? (
          <p className="quiet-text">{message('page-reference-no-params')}</p>
        ) : (
          <div className="code-params" tabIndex={0} role="region" aria-label={message('page-events-params', { code: entry.code })}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{message('page-reference-param')}</th>
                  <th scope="col">{message('page-reference-type')}</th>
                  <th scope="col">{message('page-reference-always')}</th>
                  <th scope="col">{message('page-reference-meaning')}</th>
                </tr>
              </thead>
              <tbody>
                {entry.params.map(({ name, type, required, meaning }) => (
                  <tr key={name}>
                    <th scope="row"><code>{name}</code></th>
                    <td><code>{type}</code></td>
                    <td>{required ? message('page-reference-yes') : message('page-reference-no')}</td>
                    <td lang="en" dir="ltr">{meaning}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <p className="quiet-text">{message('page-reference-example')}</p>
        <pre dir="ltr" tabIndex={0} aria-label={`${message('page-reference-example')} ${entry.code}`}>{JSON.stringify(entry.example.params, null, 2)}</pre>
      </div>
    </details>
  );
});
