// Where the server is.

/** The folder that the API's paths are resolved in; a `TypeError` where there is no page and nothing was said. */
export function baseOf(baseUrl: string | undefined): string {
  const page = globalThis.document?.baseURI ?? globalThis.location?.href;
  return new URL(baseUrl === undefined ? '' : baseUrl.replace(/\/?$/, '/'), page).href;
}
