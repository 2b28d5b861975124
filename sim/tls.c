#include "sim/tls.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_S (24L * 3600)
#define NAMES                                                                                                          \
        "DNS:qyapi.weixin.qq.com,DNS:api.weixin.qq.com,DNS:open.weixin.qq.com,DNS:mp.weixin.qq.com,"                   \
        "DNS:login.work.weixin.qq.com,DNS:open.work.weixin.qq.com,DNS:localhost,IP:127.0.0.1,IP:::1"

struct pair {
        EVP_PKEY *key;
        X509 *cert;
};

static int extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
        X509V3_CTX ctx;

        X509V3_set_ctx_nodb(&ctx);
        X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
        X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
        int ok = ext && X509_add_ext(cert, ext, -1);
        X509_EXTENSION_free(ext);
        return ok ? 0 : fatal(EINVAL, "tls: cannot add the extension %s", value);
}

/* A key and an unsigned certificate: a day old, so that a client's clock may differ, and good for a year. */
static int begin(struct pair *pair, const char *name, long serial)
{
        pair->key = EVP_EC_gen("P-256");
        pair->cert = X509_new();
        if (!pair->key || !pair->cert)
                return fatal(ENOMEM, "tls: cannot make a key");
        X509_NAME *subject = X509_get_subject_name(pair->cert);
        if (!X509_set_version(pair->cert, X509_VERSION_3) ||
            !ASN1_INTEGER_set(X509_get_serialNumber(pair->cert), serial) ||
            !X509_gmtime_adj(X509_getm_notBefore(pair->cert), -DAY_S) ||
            !X509_gmtime_adj(X509_getm_notAfter(pair->cert), 365 * DAY_S) || !X509_set_pubkey(pair->cert, pair->key) ||
            !X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0))
                return fatal(EINVAL, "tls: cannot make a certificate");
        return 0;
}

static int finish(struct pair *pair, const struct pair *issuer)
{
        if (!X509_set_issuer_name(pair->cert, X509_get_subject_name(issuer->cert)) ||
            !X509_sign(pair->cert, issuer->key, EVP_sha256()))
                return fatal(EINVAL, "tls: cannot sign a certificate");
        return 0;
}

static void release(struct pair *pair)
{
        EVP_PKEY_free(pair->key);
        X509_free(pair->cert);
}

static int write_pem(const char *path, const X509 *first, const X509 *second, const EVP_PKEY *key)
{
        mode_t before = umask(0077);
        FILE *f = fopen(path, "we");

        umask(before);
        if (!f)
                return fatal(errno, "tls: cannot write %s", path);
        int ok = (!first || PEM_write_X509(f, first)) && (!second || PEM_write_X509(f, second)) &&
                 (!key || PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
        return !fclose(f) && ok ? 0 : fatal(EIO, "tls: cannot write %s", path);
}

static int make(struct arena *arena, const char *address, const struct tls_files *files, struct pair *ca,
                struct pair *leaf)
{
        unsigned char ip[16];
        bool other = !text_empty(address) && !text_eq(address, "127.0.0.1") && !text_eq(address, "::1") &&
                     (inet_pton(AF_INET, address, ip) == 1 || inet_pton(AF_INET6, address, ip) == 1);

        int r = begin(ca, "zhanggui-sim", 1);
        r = r ? r : extend(ca->cert, ca->cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
        r = r ? r : extend(ca->cert, ca->cert, NID_key_usage, "critical,keyCertSign,cRLSign");
        r = r ? r : extend(ca->cert, ca->cert, NID_subject_key_identifier, "hash");
        r = r ? r : finish(ca, ca);
        r = r ? r : begin(leaf, "qyapi.weixin.qq.com", 2);
        r = r ? r : extend(leaf->cert, ca->cert, NID_basic_constraints, "critical,CA:FALSE");
        r = r ? r : extend(leaf->cert, ca->cert, NID_key_usage, "critical,digitalSignature");
        r = r ? r : extend(leaf->cert, ca->cert, NID_ext_key_usage, "serverAuth");
        r = r ? r : extend(leaf->cert, ca->cert, NID_authority_key_identifier, "keyid");
        r = r ? r
              : extend(leaf->cert, ca->cert, NID_subject_alt_name,
                       other ? arena_printf(arena, NAMES ",IP:%s", address) : NAMES);
        r = r ? r : finish(leaf, ca);
        r = r ? r : write_pem(files->ca, ca->cert, NULL, NULL);
        r = r ? r : write_pem(files->cert, leaf->cert, ca->cert, NULL);
        return r ? r : write_pem(files->key, NULL, NULL, leaf->key);
}

int tls_make(struct arena *arena, const char *address, struct tls_files *files)
{
        const char *tmp = getenv("TMPDIR");
        char *folder = arena_printf(arena, "%s/zhanggui-sim-XXXXXX", text_empty(tmp) ? "/tmp" : tmp);
        struct pair ca = {0}, leaf = {0};

        if (!mkdtemp(folder))
                return fatal(errno, "tls: cannot make a folder %s", folder);
        *files = (struct tls_files){folder, arena_printf(arena, "%s/ca.pem", folder),
                                    arena_printf(arena, "%s/cert.pem", folder), arena_printf(arena, "%s/key.pem", folder)};
        int r = make(arena, address, files, &ca, &leaf);
        release(&ca);
        release(&leaf);
        if (r)
                tls_remove(files);
        return r;
}

void tls_remove(const struct tls_files *files)
{
        if (!files->folder)
                return;
        (void)unlink(files->ca);
        (void)unlink(files->cert);
        (void)unlink(files->key);
        (void)rmdir(files->folder);
}
