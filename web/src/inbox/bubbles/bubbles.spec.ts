import { disableAutoUnmount, enableAutoUnmount, mount } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { message } from '../../../dev/samples.ts';
import { i18n, language } from '@/app/i18n';
import { bubbleOf, bubbles } from './index';
import { web } from './fields';
import UnknownBubble from './UnknownBubble.vue';

/* The platform's kinds (微信客服 5.1, in-shop 客服 7) and a body as it arrives. */
const KINDS: Record<string, { body: object; shows: string }> = {
        text: { body: { content: '在吗' }, shows: '在吗' },
        image: { body: { media_id: 'm' }, shows: '图片' },
        voice: { body: { media_id: 'm' }, shows: '语音' },
        video: { body: { media_id: 'm' }, shows: '视频' },
        file: { body: { media_id: 'm' }, shows: '在吗' },
        location: { body: { latitude: 30.2, longitude: '120.1', name: '西湖', address: '杭州' }, shows: '西湖' },
        link: { body: { title: '洗护', desc: '冷水', url: 'https://a.example/x', pic_url: '' }, shows: 'a.example' },
        business_card: { body: { userid: 'ZhouYi' }, shows: 'ZhouYi' },
        miniprogram: { body: { title: '会员', appid: 'wx1', pagepath: 'p' }, shows: '会员' },
        msgmenu: { body: { head_content: '满意吗', list: [{ type: 'click', click: { id: '1', content: '满意' } }] }, shows: '满意' },
        channels_shop_product: { body: { product_id: '1', title: '裙', sales_price: '45900' }, shows: '¥459.00' },
        channels_shop_order: { body: { order_id: '3700', product_titles: '裙', price_wording: '¥1', state: '待收货' }, shows: '3700' },
        merged_msg: { body: { title: '记录', item: [{ sender_name: '姨', msgtype: 'text', msg_content: '{"text":{"content":"不错"}}' }] }, shows: '不错' },
        channels: { body: { sub_type: 2, nickname: '云溪' }, shows: '视频号直播' },
        product_share: { body: { product_id: '10000112' }, shows: '10000112' },
        order_share: { body: { order_id: '3711' }, shows: '3711' },
};

disableAutoUnmount(); // the files of a run share the library
enableAutoUnmount(afterEach);

const show = (kind: string, body: unknown) => {
        language.value = 'zh-CN';
        return mount(bubbleOf(kind), { props: { message: message({ kind, body: body as never }) }, global: { plugins: [i18n] } });
};

describe('bubbles', () => {
        it.each(Object.entries(KINDS))('shows %s', (kind, { body, shows }) => {
                expect(bubbleOf(kind)).not.toBe(UnknownBubble);
                expect(show(kind, body).text()).toContain(shows);
        });

        it.each(Object.keys(bubbles))('%s survives a body of nothing and of nonsense', (kind) => {
                for (const body of [null, {}, [], 'x', 7, { list: 3, item: [null, 1, {}], title: { a: 1 }, sub_type: 'x', url: 5 }]) {
                        expect(() => show(kind, body)).not.toThrow();
                }
        });

        it('shows what we do not know whole, names of the language’s own included', () => {
                for (const kind of ['note', 'constructor', '__proto__']) {
                        const bubble = show(kind, { secret: '我的尺码' });
                        expect(bubble.find('details').text()).toContain('我的尺码');
                        expect(bubble.text()).toContain(kind);
                }
        });

        it('follows only addresses of the web', () => {
                expect(web('https://a.example')).toBe('https://a.example');
                expect(web('javascript:alert(1)')).toBeUndefined();
                expect(web('//evil.example')).toBeUndefined();
                expect(show('link', { title: 'x', url: 'javascript:alert(1)' }).find('a').exists()).toBe(false);
        });
});
