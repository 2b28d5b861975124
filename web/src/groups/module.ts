import { UsergroupAddIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'groups',
        texts,
        routes: [{ path: '/groups', component: () => import('./GroupsPage.vue') }],
        places: [{ to: '/groups', text: 'groups.title', icon: UsergroupAddIcon, order: 45, right: 'groups.read' }],
} satisfies Module;
