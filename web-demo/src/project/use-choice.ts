// Which files are chosen: a sample, loaded when it is asked for, or one's own.

import { useEffect, useState } from 'react';
import { folderChoice, ZipNotAlone, type Choice } from '../files/choice';
import { choiceFromDrop, choiceFromInput } from '../files/pick';
import { isSampleId, loadSample, type SampleId } from '../samples/samples';

/** `last`: the files that the project of the last build has on the server. */
export type Source = SampleId | 'own' | 'last';

/** Why nothing came of the last choice: the id of the message that says so. */
export type PickFault = 'page-files-unreadable' | 'page-files-zip-alone' | 'page-files-none';

export interface Chosen {
  source: Source;
  choice: Choice | null;
  own: Choice | null;
  fault: PickFault | null;
  /** The files of the sample could not be had. */
  sampleLost: boolean;
  dragging: boolean;
  select(source: Source): void;
  pick(files: Iterable<File>): void;
  /** The dialog was closed: with nothing chosen, or with a folder without files, which a browser does not tell apart. */
  pickNone(): void;
  sampleAgain(): void;
  removeOwn(): void;
}

/** Holds the choice, and takes what is dropped anywhere on the page. */
export function useChoice(first: Source, firstOwn: Choice | null): Chosen {
  const [source, select] = useState<Source>(first);
  const [samples, setSamples] = useState<Partial<Record<SampleId, Choice>>>({});
  const [own, setOwn] = useState<Choice | null>(firstOwn);
  const [fault, setFault] = useState<PickFault | null>(null);
  const [sampleLost, setSampleLost] = useState(false);
  const [sampleTries, setSampleTries] = useState(0);
  const [dragging, setDragging] = useState(false);

  useEffect(() => {
    if (!isSampleId(source)) return;
    let current = true;
    setSampleLost(false);
    loadSample(source).then(
      (sample) => {
        if (current) setSamples((known) => ({ ...known, [source]: sample }));
      },
      () => {
        if (current) setSampleLost(true);
      },
    );
    return () => {
      current = false;
    };
  }, [source, sampleTries]);

  const takeOwn = (choice: Choice | null) => {
    setFault(null);
    select('own');
    // What was handed over has no file: a folder without any.
    setOwn(choice ?? folderChoice([]));
  };
  const refuse = (cause: unknown) => {
    setFault(cause instanceof ZipNotAlone ? 'page-files-zip-alone' : 'page-files-unreadable');
    select('own');
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
      choiceFromDrop(event.dataTransfer).then(takeOwn, refuse);
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
    fault,
    sampleLost,
    dragging,
    select,
    pick: (files) => {
      try {
        takeOwn(choiceFromInput(files));
      } catch (cause) {
        refuse(cause);
      }
    },
    pickNone: () => setFault('page-files-none'),
    sampleAgain: () => setSampleTries((tries) => tries + 1),
    removeOwn: () => {
      setFault(null);
      setOwn(null);
    },
  };
}
