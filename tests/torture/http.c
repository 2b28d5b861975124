/* A small HTTP client of the torture's own: cookies, the session's token, and an honest "no answer". */
#include "base/json.h"
#include "torture/torture.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 10000L

struct client {
        CURL *curl;
        struct arena arena;
        struct text body;
        const char *csrf; /* header line, or NULL */
};

struct client *client_open(void)
{
        struct client *c = calloc(1, sizeof *c);

        if (!c || !(c->curl = curl_easy_init()))
                give_up("no memory for an HTTP client");
        arena_init(&c->arena, 0);
        curl_easy_setopt(c->curl, CURLOPT_COOKIEFILE, "");
        curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(c->curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
        return c;
}

void client_close(struct client *c)
{
        curl_easy_cleanup(c->curl);
        arena_release(&c->arena);
        free(c);
}

static size_t take(char *p, size_t size, size_t n, void *arg)
{
        struct client *c = arg;

        text_add_n(&c->body, p, size * n);
        return size * n;
}

int client_call(struct client *c, const char *method, const char *url, const char *body, const char **reply)
{
        struct curl_slist *headers = NULL;
        CURLcode code;
        long status = 0;

        arena_clear(&c->arena);
        text_init(&c->body, &c->arena);
        headers = curl_slist_append(headers, "Content-Type: application/json");
        headers = curl_slist_append(headers, "Expect:");
        if (c->csrf)
                headers = curl_slist_append(headers, c->csrf);
        curl_easy_setopt(c->curl, CURLOPT_URL, url);
        curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
        if (!strcmp(method, "GET")) {
                curl_easy_setopt(c->curl, CURLOPT_HTTPGET, 1L);
        } else {
                curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
                curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body ? body : ""));
                curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body ? body : "");
        }
        code = curl_easy_perform(c->curl);
        curl_slist_free_all(headers);
        if (code == CURLE_OK)
                curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
        if (reply)
                *reply = c->body.p ? c->body.p : "";
        return (int)status;
}

int client_login(struct client *c, const char *url, const char *login, const char *password)
{
        char where[256], body[256];
        const char *reply, *csrf;
        struct arena arena;
        int r = 1;

        snprintf(where, sizeof where, "%s/api/login", url);
        snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"%s\"}", login, password);
        if (client_call(c, "POST", where, body, &reply) != 200)
                return 1;
        arena_init(&arena, 0);
        csrf = json_get(&arena, bytes_of_text(reply), "csrf");
        if (csrf) {
                c->csrf = keep(arena_printf(&arena, "X-CSRF-Token: %s", csrf));
                r = 0;
        }
        arena_release(&arena);
        return r;
}
