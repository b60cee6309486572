// What stands in a view's place where it can't be shown. The header, the way to the other views and the page's state stay.

import { Component, type ReactNode } from 'react';
import { message } from '../messages/catalogue';
import { ViewMissing } from './lazy-view';
import { isRenewed } from './renewed';
import { VIEW_ID } from './skip-link';

interface BoundaryProps {
  /** The address of the view: another one is tried by itself. */
  place: string;
  children: ReactNode;
}

interface BoundaryState {
  place: string;
  lost: boolean;
  /** The server has another page than this one by now. */
  renewed: boolean;
  /** How often this view was tried again. */
  tries: number;
}

const atFirst = (place: string): BoundaryState => ({ place, lost: false, renewed: false, tries: 0 });

export class ViewBoundary extends Component<BoundaryProps, BoundaryState> {
  override state = atFirst(this.props.place);

  static getDerivedStateFromError(): Partial<BoundaryState> {
    return { lost: true };
  }

  static getDerivedStateFromProps({ place }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return place === state.place ? null : atFirst(place);
  }

  override componentDidCatch(error: unknown): void {
    if (!(error instanceof ViewMissing)) return;
    error.forget();
    void isRenewed().then((renewed) => this.setState({ renewed }));
  }

  override render(): ReactNode {
    const { lost, renewed, tries } = this.state;
    if (!lost) return this.props.children;
    const tryAgain = () => {
      // The button goes; who uses a keyboard goes on in the view.
      document.getElementById(VIEW_ID)?.focus();
      this.setState({ lost: false, tries: tries + 1 });
    };
    return (
      <main>
        <section className="problem view-lost" role="alert">
          <h2>{message(renewed ? 'page-view-renewed' : 'page-view-lost')}</h2>
          <div className="buttons">
            {!renewed && <button type="button" className="quiet" onClick={tryAgain}>{message('page-retry')}</button>}
            {/* A browser may keep a failure for as long as the page lives. */}
            {(renewed || tries > 0) && (
              <button type="button" className="quiet" onClick={() => location.reload()}>{message('page-reload')}</button>
            )}
          </div>
        </section>
      </main>
    );
  }
}
