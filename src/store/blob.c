#include "store/blob.h"

#include "base/crypt.h"

struct blob_row {
        int64_t blob_id;
        const char *mime;
        struct bytes content;
};

int blob_put(struct ctx *ctx, const char *mime, struct bytes content, int64_t *blob_id)
{
        static const struct db_col cols[] = {DB_COL_I(struct blob_row, blob_id)};
        static const struct query find = {
                .name = "store.blob_find",
                .sql = "select blob_id from store_blob where merchant_id = $1 and hash = $2",
                .args = "ib",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct blob_row),
        };
        static const struct query add = {
                .name = "store.blob_add",
                .sql = "insert into store_blob (merchant_id, blob_id, hash, mime, created_at, content)"
                       " values ($1, $2, $3, $4, $5, $6)",
                .args = "iibtib",
        };
        struct blob_row row;
        uint8_t hash[32];
        int r;

        if (content.n == 0 || content.n > BLOB_MAX)
                return BLOB_E_SIZE;
        crypt_sha256(content, hash);
        r = db_one(ctx, &find, &row, DB_I(ctx->merchant), DB_B(bytes_of(hash, sizeof hash)));
        if (r == DB_E_NONE) {
                row.blob_id = ctx_new_id(ctx);
                r = db_exec(ctx, &add, DB_I(ctx->merchant), DB_I(row.blob_id), DB_B(bytes_of(hash, sizeof hash)),
                            DB_T(mime), DB_I(ctx->now), DB_B(content));
        }
        if (r)
                return status_fold(r);
        *blob_id = row.blob_id;
        return 0;
}

int blob_get(struct ctx *ctx, int64_t blob_id, const char **mime, struct bytes *content)
{
        static const struct db_col cols[] = {DB_COL_T(struct blob_row, mime), DB_COL_B(struct blob_row, content)};
        static const struct query q = {
                .name = "store.blob_get",
                .sql = "select mime, content from store_blob where merchant_id = $1 and blob_id = $2",
                .args = "ii",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct blob_row),
        };
        struct blob_row row;
        int r = db_one(ctx, &q, &row, DB_I(ctx->merchant), DB_I(blob_id));

        if (r)
                return r == DB_E_NONE ? BLOB_E_NONE : status_fold(r);
        *mime = row.mime;
        *content = row.content;
        return 0;
}
