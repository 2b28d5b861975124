import { GiftIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'catalogue',
        texts,
        routes: [{ path: '/products', component: () => import('./ProductsPage.vue') }],
        places: [{ to: '/products', text: 'catalogue.title', icon: GiftIcon, order: 40, right: 'catalogue' }],
} satisfies Module;
