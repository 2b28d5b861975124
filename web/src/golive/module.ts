import { RocketIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'golive',
        texts,
        routes: [{ path: '/golive/:id(\\d+)?', component: () => import('./GolivePage.vue') }],
        places: [{ to: '/golive', text: 'golive.title', icon: RocketIcon, order: 117, right: 'golive.read' }],
} satisfies Module;
