import { UsergroupIcon } from 'tdesign-icons-vue-next';
import type { Module } from '@/app/module';
import texts from './texts';

export default {
        name: 'staff',
        texts,
        routes: [
                { path: '/login', component: () => import('./LoginPage.vue') },
                { path: '/sign-in', component: () => import('./SignInPage.vue') },
                { path: '/staff', component: () => import('./StaffPage.vue') },
        ],
        places: [{ to: '/staff', text: 'staff.title', icon: UsergroupIcon, order: 130, right: 'staff.read' }],
} satisfies Module;
