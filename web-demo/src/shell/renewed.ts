// Whether the server has a newer page than the one that is open: the files of this one may be gone.

/** False where the server does not answer. */
export async function isRenewed(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute('src');
  if (!script) return false;
  try {
    const answer = await fetch(document.baseURI.replace(/#.*/, ''), { cache: 'no-store' });
    return answer.ok && isOther(script, await answer.text());
  } catch {
    return false;
  }
}

/** Whether the page of `html` begins with another file than `script`, whose name changes with all that it loads. */
export function isOther(script: string, html: string): boolean {
  return html.includes('<script') && !html.includes(`"${script}"`);
}
