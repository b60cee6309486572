// The three ways to a project, as radio buttons that look like cards.

import { message } from '../messages/catalogue';
import { SAMPLE_IDS } from '../samples/samples';
import type { Source } from './use-choice';

const SOURCES: readonly Source[] = [...SAMPLE_IDS, 'own'];

export function SourceChoice({ source, onSelect }: { source: Source; onSelect: (source: Source) => void }) {
  return (
    <fieldset className="sources">
      <legend>{message('page-source-legend')}</legend>
      {SOURCES.map((each) => (
        <label key={each} className="source">
          <input type="radio" name="source" value={each} checked={each === source} onChange={() => onSelect(each)} />
          <span className="source-name">{message(`page-source-${each}`)}</span>
          <span className="source-hint">{message(`page-source-${each}-hint`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
