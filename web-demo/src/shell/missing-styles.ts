// The bundler asks for a view's style sheets once only: those that could not be had are asked for again here.

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

function links(): HTMLLinkElement[] {
  return [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].filter(({ sheet }) => !isThere(sheet));
}

/** What came from the page's own server can be read; what could not be had is no sheet, or may not be read. */
function isThere(sheet: CSSStyleSheet | null): boolean {
  try {
    return sheet !== null && sheet.cssRules !== null;
  } catch {
    return false;
  }
}

function again(link: HTMLLinkElement): Promise<void> {
  return new Promise((resolve) => {
    const fresh = link.cloneNode() as HTMLLinkElement;
    fresh.onload = fresh.onerror = () => resolve();
    link.replaceWith(fresh);
  });
}
