// A view that comes when it is wanted, and may be wanted again after it could not be had: React's own `lazy` keeps a failure.

import { createElement, use, type ComponentType } from 'react';
import { mendStyles, missingStyles, watchStyles } from './missing-styles';

interface ViewModule<Props> {
  default: ComponentType<Props>;
}

/** The view's module could not be had. */
export class ViewMissing extends Error {
  /** Lets the next drawing ask for the module again. */
  readonly forget: () => void;

  constructor(cause: unknown, forget: () => void) {
    super('the view could not be loaded', { cause });
    this.name = 'ViewMissing';
    this.forget = forget;
  }
}

/** Keeps what `load` gives; a failure until it is told to forget it, as a drawing that fails is tried at once again. */
export function keptUntilForgotten<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let coming: Promise<Value> | null = null;
  return () => {
    coming ??= load().catch((cause: unknown) => {
      throw new ViewMissing(cause, () => {
        coming = null;
      });
    });
    return coming;
  };
}

/** Suspends until the view is there; throws `ViewMissing` where it can't be had. */
export function lazyView<Props extends object>(load: () => Promise<ViewModule<Props>>): ComponentType<Props> {
  watchStyles();
  let needed: string[] = [];
  const coming = keptUntilForgotten(async () => {
    await mendStyles(needed);
    try {
      return await load();
    } catch (cause) {
      needed = missingStyles();
      throw cause;
    }
  });
  return function View(props: Props) {
    return createElement(use(coming()).default, props);
  };
}
