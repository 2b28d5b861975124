import { DashboardIcon, HistoryIcon, HeartFilledIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'system',
        texts,
        routes: [
                { path: '/health', component: () => import('./HealthPage.vue') },
                { path: '/doctor', component: () => import('./DoctorPage.vue') },
                { path: '/audit', component: () => import('./AuditPage.vue') },
        ],
        places: [
                { to: '/health', text: 'system.health', icon: DashboardIcon, order: 100, right: 'system' },
                { to: '/doctor', text: 'system.doctor', icon: HeartFilledIcon, order: 105, right: 'system.doctor' },
                { to: '/audit', text: 'system.audit', icon: HistoryIcon, order: 140, right: 'system.audit' },
        ],
} satisfies Module;
