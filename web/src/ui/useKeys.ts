import { onScopeDispose, shallowReactive } from 'vue';

/*
 * Keyboard first: whoever is on the screen says which keys he hears; the newest wins. A plain letter is never taken from a
 * person who types; combinations with Alt or Ctrl are heard everywhere. While a dialog is open, only its own keys count.
 */
export interface Key {
        /** "alt+arrowdown", "j", "?" */
        key: string;
        /** What it does, for the page of keys; a key of the texts. */
        what: string;
        run: () => void;
}

export const heard: Key[] = shallowReactive([]);

export function nameOf(e: Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey'>): string {
        // On some keyboards Alt turns a letter into another character; the code still tells the letter.
        const letter = e.altKey && /^Key[A-Z]$/.test(e.code) ? e.code.slice(3) : e.key;
        return [e.ctrlKey || e.metaKey ? 'ctrl+' : '', e.altKey ? 'alt+' : '', letter.toLowerCase()].join('');
}

function typing(target: EventTarget | null): boolean {
        return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable=true]') !== null;
}

function onKey(e: KeyboardEvent): void {
        if (e.isComposing || e.defaultPrevented) return;
        if (document.querySelector('.t-dialog__ctx:not([style*="display: none"]) .t-dialog')) return;
        const name = nameOf(e);
        if (!name.includes('+') && typing(e.target)) return;
        const key = heard.findLast((k) => k.key === name);
        if (!key) return;
        e.preventDefault();
        key.run();
}

export function listenToKeys(): void {
        window.addEventListener('keydown', onKey);
}

export function useKeys(keys: Key[]): void {
        heard.push(...keys);
        onScopeDispose(() => {
                for (const key of keys) heard.splice(heard.indexOf(key), 1);
        });
}

/** "alt+arrowdown" as people read it. */
export function keyCaps(key: string): string[] {
        const caps: Record<string, string> = { arrowdown: '↓', arrowup: '↑', alt: 'Alt', ctrl: 'Ctrl', enter: 'Enter' };
        return key.split('+').map((part) => caps[part] ?? part.toUpperCase());
}
