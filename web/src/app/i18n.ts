import { watchEffect } from 'vue';
import { createI18n } from 'vue-i18n';
import { surround } from '@/api/http';
import ui from '@/ui/texts';
import type { Texts } from './module';
import { modules } from './modules';
import app from './texts';

export type Language = 'zh-CN' | 'en';

/** Each module's texts under its own name; `app` and `ui` beside them. */
export function gather(language: 'zh' | 'en'): Texts {
        const all: Texts = { app: app[language], ui: ui[language] };
        for (const m of modules) all[m.name] = m.texts[language];
        return all;
}

const KEPT = 'zhanggui.language';

/** What was chosen here; else English for a browser that asks for it, and Chinese for every other. */
export function firstLanguage(chosen: string | null, browser: string): Language {
        if (chosen === 'en' || chosen === 'zh-CN') return chosen;
        return browser.toLowerCase().startsWith('en') ? 'en' : 'zh-CN';
}

function chosen(): string | null {
        try {
                return localStorage.getItem(KEPT);
        } catch {
                return null; // storage is forbidden
        }
}

export const i18n = createI18n({
        legacy: false,
        locale: firstLanguage(chosen(), navigator.language),
        fallbackLocale: 'zh-CN',
        messages: { 'zh-CN': gather('zh'), en: gather('en') } as never,
});

// The library types its messages recursively; what we use of it is this.
const { locale, t } = i18n.global as unknown as { locale: { value: Language }; t: (key: string) => string };
export const language = locale;

watchEffect(() => (document.documentElement.lang = language.value));

function choose(other: Language): void {
        language.value = other;
        try {
                localStorage.setItem(KEPT, other);
        } catch {
                // not kept: the next visit begins as this one did
        }
}

export function turnLanguage(): void {
        choose(language.value === 'en' ? 'zh-CN' : 'en');
}

surround({
        language: () => language.value,
        words: (code) => t(`app.${code}`),
});
