import './ui/tokens.css';
import { createApp } from 'vue';
import App from './app/App.vue';
import { i18n } from './app/i18n';
import { panels } from './app/modules';
import { router } from './app/router';
import { panelsKey } from './inbox/panels';
import { listenToKeys } from './ui/useKeys';

listenToKeys();
createApp(App).use(i18n).use(router).provide(panelsKey, panels).mount('#app');
