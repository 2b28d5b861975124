/* The declaration of hosting, and its verbs. */
#include "hosting/hosting.h"
#include "hosting/api.h"

#include "staff/visit.h"
#include "store/audit.h"

static const struct permission permissions[] = {
        {"hosting.manage", ROLE_OPERATOR, "make, limit and suspend merchants, see how they do, act for them"},
        {"hosting.see", ROLE_OWNER | ROLE_SUPERVISOR, "see what was agreed on with the host, and when he acted for the merchant"},
};

const struct domain hosting_domain = {
        .name = "hosting",
        .routes = hosting_routes,
        .n_routes = HOSTING_ROUTES,
        .permissions = permissions,
        .n_permissions = countof(permissions),
};

int hosting_hash(struct ctx *ctx, const char *password, const char **hash)
{
        int r = staff_hash(ctx, password, hash);

        return r == STAFF_E_WEAK ? HOSTING_E_WEAK : status_fold(r);
}

int hosting_create(struct ctx *ctx, const struct hosting_new *in, int64_t *merchant_id)
{
        int64_t staff_id;
        int r;

        if (text_empty(in->login))
                return HOSTING_E_BAD;
        r = shops_merchant_create(ctx, in->name, merchant_id);
        if (r)
                return r == SHOPS_E_BAD ? HOSTING_E_BAD : status_fold(r);
        ctx->merchant = *merchant_id;
        r = staff_insert(ctx, in->login, text_empty(in->person) ? in->login : in->person, "owner", in->hash, &staff_id);
        if (r)
                return r == STAFF_E_EXISTS ? HOSTING_E_LOGIN : status_fold(r);
        r = shops_merchant_terms(ctx, &in->terms);
        if (r)
                return r == SHOPS_E_BAD ? HOSTING_E_BAD : status_fold(r);
        return status_fold(audit(ctx, "hosting.create", "merchant", *merchant_id, NULL));
}

static int of_shops(int r)
{
        return r == SHOPS_E_NONE    ? HOSTING_E_NONE
               : r == SHOPS_E_BAD   ? HOSTING_E_BAD
               : r == SHOPS_E_AGAIN ? HOSTING_E_AGAIN
                                    : status_fold(r);
}

int hosting_terms(struct ctx *ctx, int64_t merchant_id, const struct shops_terms *terms)
{
        ctx->merchant = merchant_id;
        return of_shops(shops_merchant_terms(ctx, terms));
}

int hosting_suspend(struct ctx *ctx, int64_t merchant_id, const char *why)
{
        int r;

        ctx->merchant = merchant_id;
        r = shops_merchant_suspend(ctx, why);
        return r ? of_shops(r) : status_fold(staff_sessions_end(ctx));
}

int hosting_resume(struct ctx *ctx, int64_t merchant_id)
{
        ctx->merchant = merchant_id;
        return of_shops(shops_merchant_resume(ctx));
}
