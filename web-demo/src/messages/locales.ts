// The languages of the page, as the server lists them at v1/locales, and which one a visitor gets.

export interface PageLocale {
  locale: string;
  /** The language's name, in that language. */
  name: string;
  direction: 'ltr' | 'rtl';
}

/** The first is the default, and the fallback of the others, message by message. */
export const LOCALES = [
  { locale: 'en', name: 'English', direction: 'ltr' },
  { locale: 'ar', name: 'العربية', direction: 'rtl' },
  { locale: 'fr', name: 'Français', direction: 'ltr' },
  { locale: 'es', name: 'Español', direction: 'ltr' },
  { locale: 'de', name: 'Deutsch', direction: 'ltr' },
] as const satisfies readonly PageLocale[];

export type Locale = (typeof LOCALES)[number]['locale'];

const KEY = 'buildcast.locale';
const COOKIE_SECONDS = 365 * 24 * 60 * 60;

/** The locale that a language tag falls to: `ar-EG` to `ar`; undefined where there is none. */
export function localeOf(tag: string): Locale | undefined {
  const base = tag.split('-')[0]?.toLowerCase();
  return LOCALES.find(({ locale }) => locale === base)?.locale;
}

/** What was chosen before, else the first of the browser's languages that there is, else the default. */
export function firstLocale(): Locale {
  const kept = keptLocale();
  if (kept) return kept;
  for (const tag of navigator.languages) {
    const locale = localeOf(tag);
    if (locale) return locale;
  }
  return LOCALES[0].locale;
}

/** Keeps a choice: for the page itself, and as the cookie that tells the server, on streams that come back too. */
export function keepLocale(locale: Locale): void {
  try {
    localStorage.setItem(KEY, locale);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
  const { pathname } = new URL('.', document.baseURI);
  document.cookie = `locale=${locale}; path=${pathname}; max-age=${COOKIE_SECONDS}; samesite=lax`;
}

function keptLocale(): Locale | undefined {
  try {
    return LOCALES.find(({ locale }) => locale === localStorage.getItem(KEY))?.locale;
  } catch {
    return undefined;
  }
}
