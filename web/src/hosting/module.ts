import { ServerIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';
import VisitBar from './VisitBar.vue';

export default {
        name: 'hosting',
        texts,
        routes: [
                { path: '/hosting', component: () => import('./MerchantsPage.vue') },
                { path: '/hosted', component: () => import('./HostedPage.vue') },
        ],
        // What was agreed on with a host has no place in the rail: who runs the program himself would wonder what it is. The cards lead there.
        places: [{ to: '/hosting', text: 'hosting.merchants', icon: ServerIcon, order: 10, right: 'hosting.manage' }],
        bar: VisitBar,
} satisfies Module;
