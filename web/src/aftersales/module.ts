import { RollbackIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import CasesPanel from './CasesPanel.vue';
import texts from './texts';
import { waitingBadge } from './useCases';

export default {
        name: 'aftersales',
        texts,
        routes: [{ path: '/aftersales', component: () => import('./CasesPage.vue') }],
        places: [{ to: '/aftersales', text: 'aftersales.title', icon: RollbackIcon, order: 30, right: 'aftersales', badge: waitingBadge }],
        panels: [{ name: 'aftersales', order: 20, component: CasesPanel }],
} satisfies Module;
