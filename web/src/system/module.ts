import { DashboardIcon, HistoryIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'system',
        texts,
        routes: [
                { path: '/health', component: () => import('./HealthPage.vue') },
                { path: '/audit', component: () => import('./AuditPage.vue') },
        ],
        places: [
                { to: '/health', text: 'system.health', icon: DashboardIcon, order: 100, right: 'system' },
                { to: '/audit', text: 'system.audit', icon: HistoryIcon, order: 140, right: 'system.audit' },
        ],
} satisfies Module;
