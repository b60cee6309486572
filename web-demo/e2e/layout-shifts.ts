// What moves on the page without having been touched, as Core Web Vitals counts it.

import type { Page } from '@playwright/test';

/** One jump: how much of the window moved how far, and what. */
export interface Shift {
  value: number;
  moved: string[];
}

declare global {
  interface Window {
    shifts: Shift[];
  }
  /** The part of a `layout-shift` entry that is read here; TypeScript's own library has none. */
  interface LayoutShiftEntry extends PerformanceEntry {
    value: number;
    hadRecentInput: boolean;
    sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
  }
}

/** Notes every shift from the page's first paint on. */
export async function noteShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.shifts = [];
    const nameOf = ({ node, previousRect: from, currentRect: to }: LayoutShiftEntry['sources'][number]) => {
      const element = node instanceof Element ? node : node?.parentElement;
      const name = element ? [element.tagName.toLowerCase(), ...element.classList].join('.') : 'what is gone';
      return `${name} by ${Math.round(to.x - from.x)}, ${Math.round(to.y - from.y)} px, from a height of ${Math.round(from.height)} to ${Math.round(to.height)}`;
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShiftEntry[]) {
        if (entry.hadRecentInput) continue;
        window.shifts.push({ value: entry.value, moved: entry.sources.map(nameOf) });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The shifts since the last call, or since the page was loaded. */
export async function takeShifts(page: Page): Promise<Shift[]> {
  // An entry is told after the frame that it was seen in.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
  return page.evaluate(() => window.shifts.splice(0));
}

/** Their sum: no less than the page's CLS, which counts the worst five seconds. */
export function sumOf(shifts: readonly Shift[]): number {
  return shifts.reduce((sum, { value }) => sum + value, 0);
}
