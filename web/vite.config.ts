/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { mockServer } from './dev/mock.ts';

// `npm run dev` answers /api from dev/mock.ts unless ZHANGGUI_API names a running server.
const server = process.env.ZHANGGUI_API;

export default defineConfig(({ command, mode }) => ({
        plugins: [vue(), ...(command === 'serve' && mode !== 'test' && !server ? [mockServer()] : [])],
        resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
        server: {
                host: '127.0.0.1',
                proxy: server ? { '/api': { target: server, changeOrigin: false } } : undefined,
        },
        define: {
                __VUE_OPTIONS_API__: true, // the component library needs it
                __VUE_PROD_DEVTOOLS__: false,
                __VUE_I18N_LEGACY_API__: false,
                __INTLIFY_PROD_DEVTOOLS__: false,
        },
        build: {
                outDir: 'dist',
                target: 'es2022',
                assetsInlineLimit: 2048,
                chunkSizeWarningLimit: 1200,
        },
        test: {
                environment: 'happy-dom',
                include: ['src/**/*.spec.ts'],
                css: false,
                isolate: false, // the component library is read once, not once per file
                server: { deps: { inline: ['tdesign-vue-next'] } },
        },
}));
