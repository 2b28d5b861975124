import { disableAutoUnmount, enableAutoUnmount, mount } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { thread } from '../../dev/samples.ts';
import { i18n, language } from '@/app/i18n';
import ReplyBox from './ReplyBox.vue';
import { drafts } from './useThread';

disableAutoUnmount(); // the files of a run share the library
enableAutoUnmount(afterEach);

const show = (some = {}) => {
        language.value = 'zh-CN';
        return mount(ReplyBox, { props: { thread: thread(some) }, global: { plugins: [i18n] } });
};

afterEach(() => drafts.clear());

describe('ReplyBox', () => {
        it.each([{}, { ctrlKey: true }])('sends on Enter %o and is empty again', async (keys) => {
                const box = show();
                await box.find('textarea').setValue('  您好 ');
                await box.find('textarea').trigger('keydown', { key: 'Enter', ...keys });
                expect(box.emitted('send')).toEqual([['您好']]);
                expect(box.find('textarea').element.value).toBe('');
        });

        it.each([{ shiftKey: true }, { isComposing: true }, { keyCode: 229 }])('does not send on Enter with %o', async (keys) => {
                const box = show();
                await box.find('textarea').setValue('您好');
                await box.find('textarea').trigger('keydown', { key: 'Enter', ...keys });
                expect(box.emitted('send')).toBeUndefined();
        });

        it('sends neither nothing nor more than the platform takes', async () => {
                const box = show();
                for (const text of ['   ', '好'.repeat(683)]) {
                        await box.find('textarea').setValue(text);
                        await box.find('textarea').trigger('keydown', { key: 'Enter' });
                }
                expect(box.emitted('send')).toBeUndefined();
                expect(box.text()).toContain('2049 / 2048');
        });

        it('gives a refusal’s reason in place of the box', () => {
                const box = show({ refused: 'owner', owner: 'wecom', refused_text: '请在企业微信里回复' });
                expect(box.find('textarea').exists()).toBe(false);
                expect(box.text()).toContain('请在企业微信里回复');
                expect(show({ refused: 'budget' }).text()).toContain('5 条回复已用完');
        });

        it('keeps what was begun', async () => {
                const box = show();
                await box.find('textarea').setValue('写到一半');
                box.unmount();
                expect(show().find('textarea').element.value).toBe('写到一半');
        });

        it('takes pictures the platform takes, and no others', async () => {
                const box = show();
                const paste = (type: string, size = 10) => {
                        const file = new File([new Uint8Array(size)], 'a', { type });
                        return box.find('textarea').trigger('paste', { clipboardData: { files: [file] } });
                };
                await paste('image/webp');
                await paste('image/png', 2 * 1024 * 1024 + 1);
                expect(box.emitted('picture')).toBeUndefined();
                await paste('image/png');
                expect(box.emitted('picture')).toHaveLength(1);
        });
});
