import { createRoot } from 'react-dom/client';
import { Page } from './page';
import './style/tokens.css';
import './style/page.css';
import './style/project.css';
import './style/build.css';
import './style/log.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<Page />);
