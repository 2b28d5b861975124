import { HourglassIcon, LinkIcon, ShopIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import ReadOnlyBar from './ReadOnlyBar.vue';
import texts from './texts';

export default {
        name: 'shops',
        texts,
        routes: [
                { path: '/accounts', component: () => import('./AccountsPage.vue') },
                { path: '/connect', component: () => import('./ConnectPage.vue') },
                { path: '/margins', component: () => import('./MarginsPage.vue') },
        ],
        places: [
                { to: '/margins', text: 'shops.margins', icon: HourglassIcon, order: 110, right: 'shops' },
                { to: '/connect', text: 'shops.connect', icon: LinkIcon, order: 115, right: 'shops.connect' },
                { to: '/accounts', text: 'shops.accounts', icon: ShopIcon, order: 120, right: 'shops' },
        ],
        bar: ReadOnlyBar,
} satisfies Module;
