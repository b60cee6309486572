// Which files are chosen: a sample, loaded when it is asked for, or one's own.

import { useEffect, useState } from 'react';
import type { Choice } from '../files/choice';
import { choiceFromDrop, choiceFromInput } from '../files/pick';
import { isSampleId, loadSample, type SampleId } from '../samples/samples';

/** `last`: the files that the project of the last build has on the server. */
export type Source = SampleId | 'own' | 'last';

export interface Chosen {
  source: Source;
  choice: Choice | null;
  own: Choice | null;
  unreadable: boolean;
  dragging: boolean;
  select(source: Source): void;
  pick(files: Iterable<File>): void;
  removeOwn(): void;
}

/** Holds the choice, and takes what is dropped anywhere on the page. */
export function useChoice(first: Source, firstOwn: Choice | null): Chosen {
  const [source, select] = useState<Source>(first);
  const [samples, setSamples] = useState<Partial<Record<SampleId, Choice>>>({});
  const [own, setOwn] = useState<Choice | null>(firstOwn);
  const [unreadable, setUnreadable] = useState(false);
  const [dragging, setDragging] = useState(false);

  useEffect(() => {
    if (!isSampleId(source)) return;
    let current = true;
    void loadSample(source).then((sample) => {
      if (current) setSamples((known) => ({ ...known, [source]: sample }));
    });
    return () => {
      current = false;
    };
  }, [source]);

  const takeOwn = (choice: Choice | null) => {
    setUnreadable(false);
    select('own');
    if (choice) setOwn(choice);
  };

  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onDragOver = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      // Without this the browser would open the file instead.
      event.preventDefault();
      setDragging(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!event.dataTransfer || !carriesFiles(event)) return;
      event.preventDefault();
      setDragging(false);
      choiceFromDrop(event.dataTransfer).then(takeOwn, () => {
        select('own');
        setUnreadable(true);
      });
    };
    addEventListener('dragover', onDragOver);
    addEventListener('dragleave', onDragLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onDragOver);
      removeEventListener('dragleave', onDragLeave);
      removeEventListener('drop', onDrop);
    };
  }, []);

  return {
    source,
    choice: isSampleId(source) ? samples[source] ?? null : source === 'own' ? own : null,
    own,
    unreadable,
    dragging,
    select,
    pick: (files) => takeOwn(choiceFromInput(files)),
    removeOwn: () => setOwn(null),
  };
}
