import { createRouter, createWebHistory } from 'vue-router';
import { may, restore, session } from '@/staff/session';
import { modules, places } from './modules';
import NotFound from './NotFound.vue';

/** The first place of daily work that the person may see. */
function home(): string {
        return places.find((p) => may(p.right))?.to ?? '/more';
}

export const router = createRouter({
        history: createWebHistory(),
        routes: [
                { path: '/', component: NotFound }, // the guard leads on
                ...modules.flatMap((m) => m.routes ?? []),
                { path: '/more', component: () => import('./MorePage.vue') },
                { path: '/:rest(.*)*', component: NotFound },
        ],
});

/** Only paths of our own: a crafted ?to= must not lead elsewhere. */
export function wayBack(wanted: unknown): string {
        return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : home();
}

router.beforeEach(async (to) => {
        await restore();
        if (to.path === '/login') return session.value ? wayBack(to.query.to) : true;
        if (to.path === '/sign-in') return true;
        if (!session.value) return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
        return to.path === '/' ? home() : true;
});
