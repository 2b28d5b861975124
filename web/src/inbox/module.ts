import { ChatIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import InboxPage from './InboxPage.vue';
import texts from './texts';
import { waitingBadge } from './useThreads';

export default {
        name: 'inbox',
        texts,
        routes: [{ path: '/inbox/:thread?', component: InboxPage }],
        places: [{ to: '/inbox', text: 'inbox.title', icon: ChatIcon, order: 10, right: 'inbox', badge: waitingBadge }],
} satisfies Module;
