// The bundler asks for a view's style sheets once only: those that could not be had are asked for again here.

/** Notes from now on which can't be had. */
export function watchStyles(): void {
  document.addEventListener('error', note, true);
}

/** The addresses of the page's style sheets that could not be had. */
export function missingStyles(): string[] {
  return links().map(({ href }) => href);
}

/** Asks for all that are missing; rejects where one of the `needed` still can't be had. */
export async function mendStyles(needed: readonly string[]): Promise<void> {
  await Promise.all(links().map(again));
  const lost = missingStyles().find((href) => needed.includes(href));
  if (lost !== undefined) throw new Error(`${lost} could not be loaded`);
}

/** Those that failed; one that is still coming is left alone. */
const failed = new Set<HTMLLinkElement>();

function note({ target }: Event): void {
  if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') failed.add(target);
}

function links(): HTMLLinkElement[] {
  return [...failed].filter(({ isConnected }) => isConnected);
}

function again(link: HTMLLinkElement): Promise<void> {
  return new Promise((resolve) => {
    const fresh = link.cloneNode() as HTMLLinkElement;
    fresh.onload = fresh.onerror = () => resolve();
    failed.delete(link);
    link.replaceWith(fresh);
  });
}
