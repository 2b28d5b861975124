import { HourglassIcon, ShopIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'shops',
        texts,
        routes: [
                { path: '/accounts', component: () => import('./AccountsPage.vue') },
                { path: '/margins', component: () => import('./MarginsPage.vue') },
        ],
        places: [
                { to: '/margins', text: 'shops.margins', icon: HourglassIcon, order: 110, right: 'shops' },
                { to: '/accounts', text: 'shops.accounts', icon: ShopIcon, order: 120, right: 'shops' },
        ],
} satisfies Module;
