import { DownloadIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'backfill',
        texts,
        routes: [{ path: '/backfill', component: () => import('./BackfillPage.vue') }],
        places: [{ to: '/backfill', text: 'backfill.title', icon: DownloadIcon, order: 125, right: 'backfill' }],
} satisfies Module;
