import { BillIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import OrdersPanel from './OrdersPanel.vue';
import texts from './texts';

export default {
        name: 'orders',
        texts,
        routes: [{ path: '/orders', component: () => import('./OrdersPage.vue') }],
        places: [{ to: '/orders', text: 'orders.title', icon: BillIcon, order: 20, right: 'orders' }],
        panels: [{ name: 'orders', order: 30, component: OrdersPanel }],
} satisfies Module;
