import { onScopeDispose, ref, type Ref } from 'vue';

/** Is the page as narrow as a phone? The same 760 px as in the styles. */
export function useNarrow(): Readonly<Ref<boolean>> {
        const query = window.matchMedia('(max-width: 760px)');
        const narrow = ref(query.matches);
        const look = () => (narrow.value = query.matches);
        query.addEventListener('change', look);
        onScopeDispose(() => query.removeEventListener('change', look));
        return narrow;
}

/** Fingers instead of a keyboard: Enter then breaks the line, as people expect there. */
export function touching(): boolean {
        return window.matchMedia('(hover: none) and (pointer: coarse)').matches;
}
