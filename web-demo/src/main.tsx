import { createRoot } from 'react-dom/client';
import { speak } from './messages/catalogue';
import { firstLocale } from './messages/locales';
import { Page } from './page';
import './style/tokens.css';
import './style/page.css';
import './style/project.css';
import './style/build.css';
import './style/log.css';

const root = document.getElementById('root');
const show = () => {
  if (root) createRoot(root).render(<Page />);
};
// A page that changes its language under one's eyes would be read twice; without the catalogue it is English.
speak(firstLocale()).then(show, show);
