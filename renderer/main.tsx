import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { findHost } from './bridge.ts';
import { StoreContext } from './hooks.ts';
import { speakLanguage, windowLanguage } from './i18n/language.ts';
import { NoHost } from './pages/no-host.tsx';
import { createStore } from './store.ts';
import { ignoreStrayPresses } from './stray-press.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/controls.css';
import './styles/parts.css';
import './styles/lists.css';
import './styles/pages.css';
import './styles/settings.css';
import './styles/dashboard.css';
import './styles/earnings.css';
import './styles/onboarding.css';
import './styles/toasts.css';
import './styles/overlays.css';

const root = document.getElementById('app');
if (!root) throw new Error('no place for the app in the page');
const host = findHost();
ignoreStrayPresses(document);
const draw = () =>
  createRoot(root).render(
    <StrictMode>
      {host === null ? (
        <NoHost />
      ) : (
        <StoreContext value={createStore(host)}>
          <App />
        </StoreContext>
      )}
    </StrictMode>,
  );
// Not awaited at the top: what is loaded here needs this script to have ended.
void speakLanguage(windowLanguage(location.search)).then(draw);
