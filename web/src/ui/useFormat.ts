import { useI18n } from 'vue-i18n';
import { serverNow } from './useNow';

const DAY = 86_400_000;

export function money(fen: number): string {
        const whole = Math.trunc(Math.abs(fen) / 100).toLocaleString('en-US');
        return `${fen < 0 ? '-' : ''}¥${whole}.${String(Math.abs(fen) % 100).padStart(2, '0')}`;
}

function dayStart(ms: number): number {
        return new Date(ms).setHours(0, 0, 0, 0);
}

/** "3:07", "1:02:09": for waiting that is counted in seconds. */
export function stopwatch(ms: number): string {
        const s = Math.max(0, Math.floor(ms / 1000));
        const two = (n: number) => String(n).padStart(2, '0');
        const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
        return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

export function useFormat() {
        const { t, locale } = useI18n();

        const clock = (ms: number) =>
                new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);

        /** "今天", "昨天", "11月20日", "2025年3月1日" */
        function day(ms: number): string {
                const days = Math.round((dayStart(serverNow()) - dayStart(ms)) / DAY);
                if (days === 0) return t('ui.today');
                if (days === 1) return t('ui.yesterday');
                if (days === -1) return t('ui.tomorrow');
                const year = new Date(ms).getFullYear() === new Date(serverNow()).getFullYear() ? undefined : 'numeric';
                return new Intl.DateTimeFormat(locale.value, { year, month: 'short', day: 'numeric' }).format(ms);
        }

        /** A moment, as short as it can be said. */
        function moment(ms: number): string {
                if (ms <= 0) return '';
                const today = dayStart(ms) === dayStart(serverNow());
                return today ? clock(ms) : `${day(ms)} ${clock(ms)}`;
        }

        /** The same, for narrow places: the clock today, else only the day. */
        const brief = (ms: number) => (ms <= 0 ? '' : dayStart(ms) === dayStart(serverNow()) ? clock(ms) : day(ms));

        /** "3 天", "5 小时 20 分", "45 秒": the two largest units that say something. */
        function span(ms: number): string {
                const s = Math.max(0, Math.floor(ms / 1000));
                const parts: [string, number][] = [
                        ['ui.days', Math.floor(s / 86400)],
                        ['ui.hours', Math.floor(s / 3600) % 24],
                        ['ui.minutes', Math.floor(s / 60) % 60],
                        ['ui.seconds', s % 60],
                ];
                const first = parts.findIndex(([, n]) => n > 0);
                if (first < 0) return t('ui.seconds', { n: 0 });
                const shown = parts.slice(first, first + 2).filter(([unit, n]) => n > 0 && (unit !== 'ui.seconds' || s < 600));
                return shown.map(([unit, n]) => t(unit, { n })).join(' ');
        }

        const count = (n: number) => n.toLocaleString('en-US');

        /** People by their names; what the program did by itself under its own. */
        const who = (name: string | null) => (name === 'system' ? t('ui.system') : (name ?? ''));

        return { who, money, clock, day, moment, brief, span, count };
}
