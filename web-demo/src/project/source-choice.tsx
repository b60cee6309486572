// The ways to a project's files, as radio buttons that look like cards.

import { message } from '../messages/catalogue';
import { SAMPLE_IDS } from '../samples/samples';
import type { Source } from './use-choice';

const SOURCES: readonly Source[] = [...SAMPLE_IDS, 'own'];

interface SourceChoiceProps {
  source: Source;
  /** The name of the project that a prompt could change; null where there is none yet, undefined where none can be changed so. */
  lastProject: string | null | undefined;
  onSelect: (source: Source) => void;
}

export function SourceChoice({ source, lastProject, onSelect }: SourceChoiceProps) {
  const lastHint = lastProject === null ? 'page-source-last-none' : 'page-source-last-hint';
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
      {lastProject !== undefined && (
        <label className="source">
          <input type="radio" name="source" value="last" checked={source === 'last'} disabled={lastProject === null} onChange={() => onSelect('last')} />
          <span className="source-name">{message('page-source-last')}</span>
          <span className="source-hint">{message(lastHint)}</span>
        </label>
      )}
    </fieldset>
  );
}
