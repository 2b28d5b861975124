import { NotificationIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'alarms',
        texts,
        routes: [{ path: '/alarms', component: () => import('./AlarmsPage.vue') }],
        places: [{ to: '/alarms', text: 'alarms.title', icon: NotificationIcon, order: 115, right: 'alarms.read' }],
} satisfies Module;
