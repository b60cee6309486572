// The languages, each by its own name. What is chosen is kept; a catalogue that can't be had changes nothing.

import { message, speak } from './catalogue';
import { keepLocale, LOCALES, localeOf } from './locales';
import { useLocale } from './use-locale';

export function LanguageChoice() {
  const current = useLocale();
  const onChange = (event: React.ChangeEvent<HTMLSelectElement>) => {
    const locale = localeOf(event.target.value);
    if (locale) void speak(locale).then(() => keepLocale(locale), () => {});
  };
  return (
    <label className="language">
      <span className="unseen">{message('page-language')}</span>
      <select name="language" value={current} onChange={onChange}>
        {LOCALES.map(({ locale, name, direction }) => (
          <option key={locale} value={locale} lang={locale} dir={direction}>{name}</option>
        ))}
      </select>
    </label>
  );
}
