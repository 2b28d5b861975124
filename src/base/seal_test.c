#include "base/crypt.h"
#include "base/seal.h"
#include "base/shared_test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static char folder[64];

static int setup(void **state)
{
        (void)state;
        arena_init(&arena, 0);
        snprintf(folder, sizeof(folder), "/tmp/zhanggui-seal-XXXXXX");
        return crypt_init() || !mkdtemp(folder);
}

static int teardown(void **state)
{
        DIR *d = opendir(folder);

        (void)state;
        for (struct dirent *e; d && (e = readdir(d));)
                if (e->d_name[0] != '.')
                        unlink(arena_printf(&arena, "%s/%s", folder, e->d_name));
        if (d)
                closedir(d);
        arena_release(&arena);
        return rmdir(folder);
}

static char *in_folder(const char *name)
{
        return arena_printf(&arena, "%s/%s", folder, name);
}

static void put(const char *path, const char *text, mode_t mode)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        assert_int_equal(fchmod(fd, mode), 0);
        close(fd);
}

static void makes_a_key_file_once(void **state)
{
        struct seal_keys first, second;
        const char *path = in_folder("keys");
        struct stat st;

        (void)state;
        assert_int_equal(seal_load(&first, path), 0);
        assert_int_equal(first.n, 1);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(st.st_nlink, 1);
        assert_int_equal(seal_load(&second, path), 0);
        assert_memory_equal(&first, &second, sizeof(first));
        assert_memory_not_equal(first.key[0], first.token_key, 32);
        assert_int_equal(seal_load(&second, in_folder("others")), 0);
        assert_memory_not_equal(first.key[0], second.key[0], 32);
        DIR *d = opendir(folder);
        int files = 0;
        for (struct dirent *e; (e = readdir(d));)
                files += e->d_name[0] != '.';
        closedir(d);
        assert_int_equal(files, 2); /* nothing temporary stays */
}

#define K "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define L "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void refuses_bad_files(void **state)
{
        static const char *const bad[] = {
                "",
                "token " K "\n",
                "key " K "\n",
                "token " K "\ntoken " K "\nkey " K "\n",
                "token " K "\nkey 0011\n",
                "token " K "\nkey " K "00\n",
                "token " K "\nkey g" K "\n",
                "token " K "\nkey " K "\nsomething else\n",
                "token " K "\nkey " K " \n",
        };
        struct seal_keys k;
        const char *path = in_folder("bad");

        (void)state;
        for (size_t i = 0; i < countof(bad); i++) {
                put(path, bad[i], 0600);
                if (seal_load(&k, path) != -EINVAL)
                        fail_msg("file %zu must be refused", i);
                assert_int_equal(k.n, 0);
        }
        put(path, "token " K "\nkey " K "\n", 0640);
        assert_int_equal(seal_load(&k, path), -EACCES);
        put(path, "token " K "\nkey " K "\n", 0604);
        assert_int_equal(seal_load(&k, path), -EACCES);
        put(path, "# comment\n\ntoken " K "\nkey " K "\nkey " L, 0600);
        assert_int_equal(seal_load(&k, path), 0);
        assert_int_equal(k.n, 2);
        assert_int_equal(k.key[1][0], 0xff);
        assert_int_equal(seal_load(&k, folder), -EACCES);
        assert_int_equal(seal_load(&k, in_folder("no/such/folder")), -ENOENT);
}

static void sixteen_keys_at_most(void **state)
{
        struct seal_keys k;
        struct text t;

        (void)state;
        text_init(&t, &arena);
        text_add(&t, "token " K "\n");
        for (int i = 0; i < SEAL_KEYS_MAX; i++)
                text_add(&t, "key " K "\n");
        put(in_folder("many"), t.p, 0600);
        assert_int_equal(seal_load(&k, in_folder("many")), 0);
        assert_int_equal(k.n, SEAL_KEYS_MAX);
        text_add(&t, "key " K "\n");
        put(in_folder("many"), t.p, 0600);
        assert_int_equal(seal_load(&k, in_folder("many")), -EINVAL);
}

static void opens_only_where_it_was_sealed(void **state)
{
        struct seal_keys k = {.n = 1};
        struct bytes plain, sealed;

        (void)state;
        crypt_random(k.key[0], 32);
        const char *here = seal_where(&arena, 7, "orders", 42);
        assert_string_equal(here, "7|orders|42");
        sealed = seal_close(&arena, &k, bytes_of_text("13812345678"), here);
        assert_int_equal(seal_open(&arena, &k, sealed, here, &plain), 0);
        assert_int_equal(plain.n, 11);
        assert_string_equal(plain.p, "13812345678");
        assert_null(memmem(sealed.p, sealed.n, "1381", 4));

        assert_int_equal(seal_open(&arena, &k, sealed, seal_where(&arena, 7, "orders", 43), &plain), SEAL_E_BROKEN);
        assert_int_equal(seal_open(&arena, &k, sealed, seal_where(&arena, 8, "orders", 42), &plain), SEAL_E_BROKEN);
        for (size_t i = 0; i < sealed.n; i++) { /* each byte counts */
                uint8_t *broken = arena_memdup(&arena, sealed.p, sealed.n);
                broken[i] ^= 1;
                assert_int_equal(seal_open(&arena, &k, bytes_of(broken, sealed.n), here, &plain), SEAL_E_BROKEN);
        }
        for (size_t n = 0; n < sealed.n; n++)
                assert_int_equal(seal_open(&arena, &k, bytes_of(sealed.p, n), here, &plain), SEAL_E_BROKEN);

        struct bytes again = seal_close(&arena, &k, bytes_of_text("13812345678"), here);
        assert_memory_not_equal(again.p, sealed.p, sealed.n);
        sealed = seal_close(&arena, &k, BYTES_NONE, here);
        assert_int_equal(seal_open(&arena, &k, sealed, here, &plain), 0);
        assert_int_equal(plain.n, 0);
}

static void old_keys_open_new_ones_seal(void **state)
{
        struct seal_keys k = {.n = 1};
        struct bytes plain;

        (void)state;
        crypt_random(k.key, sizeof(k.key));
        struct bytes old = seal_close(&arena, &k, bytes_of_text("x"), "w");
        k.n = 2;
        struct bytes new = seal_close(&arena, &k, bytes_of_text("y"), "w");
        assert_int_equal(seal_open(&arena, &k, old, "w", &plain), 0);
        assert_int_equal(seal_open(&arena, &k, new, "w", &plain), 0);
        assert_string_equal(plain.p, "y");
        k.n = 1;
        assert_int_equal(seal_open(&arena, &k, new, "w", &plain), SEAL_E_BROKEN);
}

static void tokens_find_again(void **state)
{
        struct seal_keys k = {.n = 1}, other = {.n = 1, .token_key = {1}};

        (void)state;
        char *token = seal_token(&arena, &k, 7, "13812345678");
        assert_int_equal(strlen(token), 64);
        assert_string_equal(seal_token(&arena, &k, 7, "13812345678"), token);
        assert_string_not_equal(seal_token(&arena, &k, 8, "13812345678"), token);
        assert_string_not_equal(seal_token(&arena, &k, 7, "13812345679"), token);
        assert_string_not_equal(seal_token(&arena, &other, 7, "13812345678"), token);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(makes_a_key_file_once),       cmocka_unit_test(refuses_bad_files),
                cmocka_unit_test(sixteen_keys_at_most),        cmocka_unit_test(opens_only_where_it_was_sealed),
                cmocka_unit_test(old_keys_open_new_ones_seal), cmocka_unit_test(tokens_find_again),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
