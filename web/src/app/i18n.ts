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

function kept(): Language {
        try {
                return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN';
        } catch {
                return 'zh-CN'; // storage is forbidden: Chinese first
        }
}

export const i18n = createI18n({
        legacy: false,
        locale: kept(),
        fallbackLocale: 'zh-CN',
        messages: { 'zh-CN': gather('zh'), en: gather('en') } as never,
});

// The library types its messages recursively; what we use of it is this.
const { locale, t } = i18n.global as unknown as { locale: { value: Language }; t: (key: string) => string };
export const language = locale;

watchEffect(() => {
        document.documentElement.lang = language.value;
        try {
                localStorage.setItem(KEPT, language.value);
        } catch {
                // not kept: the next visit is Chinese again
        }
});

surround({
        language: () => language.value,
        words: (code) => t(`app.${code}`),
});
