// What will be sent: how many files, their names, and what was left out.

import { choiceBytes, isTooLarge, limitOf, type Choice } from '../files/choice';
import { byteSize } from '../messages/byte-size';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';

/** Names beyond these are only counted. */
const SHOWN_FILES = 6;

/** The id of the line that says why these files can't be built. */
export const FILES_FAULT_ID = 'files-fault';

export function ChosenFiles({ choice }: { choice: Choice }) {
  const locale = useLocale();
  const size = byteSize(choiceBytes(choice), locale);
  const tooLarge = isTooLarge(choice) && (
    <p id={FILES_FAULT_ID} className="problem-line" role="alert">
      {message(choice.kind === 'zip' ? 'page-files-zip-too-large' : 'page-files-too-large', { size, limit: byteSize(limitOf(choice), locale) })}
    </p>
  );
  if (choice.kind === 'zip') {
    return (
      <div className="chosen">
        <p className="chosen-summary">{message('page-files-summary', { count: 1, size })}</p>
        {tooLarge}
        <ul className="file-names" aria-label={message('page-files-list-label')}>
          <li><bdi>{`${choice.name}.zip`}</bdi></li>
        </ul>
      </div>
    );
  }
  const { files, skipped } = choice;
  // One more name takes no more room than the line that counts it.
  const shown = files.length <= SHOWN_FILES + 1 ? files : files.slice(0, SHOWN_FILES);
  return (
    <div className="chosen">
      {files.length === 0 ? (
        <p id={FILES_FAULT_ID} className="chosen-summary" role="alert">{message('page-files-empty')}</p>
      ) : (
        <p className="chosen-summary">{message('page-files-summary', { count: files.length, size })}</p>
      )}
      {tooLarge}
      <ul className="file-names" aria-label={message('page-files-list-label')}>
        {shown.map((file) => <li key={file.path}><bdi>{file.path}</bdi></li>)}
        {shown.length < files.length && (
          <li className="file-more">{message('page-files-more', { count: files.length - shown.length })}</li>
        )}
      </ul>
      {skipped.length > 0 && (
        <p className="chosen-skipped">
          {message('page-files-skipped', { count: skipped.length, names: namesOf(skipped) })}
        </p>
      )}
    </div>
  );
}

function namesOf(skipped: string[]): string {
  return [...new Set(skipped.map((path) => path.split('/').at(-1) ?? path))].join(', ');
}
