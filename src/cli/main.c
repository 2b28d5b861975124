/* The command line. */
#include "cli/commands.h"

#include "demo/demo.h"

#include <stdio.h>
#include <string.h>

struct command {
        const char *name;
        int (*fn)(int argc, char **argv);
        const char *synopsis, *summary, *help;
        bool settings; /* takes the server's settings */
};

static int cmd_version(int argc, char **argv)
{
        (void)argv;
        if (argc) {
                fprintf(stderr, "zhanggui version: takes no arguments\n");
                return 2;
        }
        printf("zhanggui %s\n", ZHANGGUI_VERSION);
        return 0;
}

static const struct command commands[] = {
        {"backup", cmd_backup, "backup FILE [--data DIR]", "keep everything in one file; the server may run meanwhile",
         "The file holds database, intake ledger and sealing keys: it is as secret as the data folder. A file that is there\n"
         "is not overwritten. The server makes one each night by itself (backup-days) and before it changes its tables.\n",
         true},
        {"callback", cmd_callback,
         "callback decode --kind wecom|shop|mp --token T --aes-key K --receive-id R --signature S --timestamp T --nonce N"
         " [--body FILE|-]",
         "find out why a callback fails: check and decrypt one",
         "Prints the decrypted text, or one line saying what is wrong and exits with 1.\n"
         "Each secret may be given as @file. The body is the request's body, or the bare Encrypt or echostr text;\n"
         "without --body it is read from standard input.\n",
         false},
        {"connect", cmd_connect,
         "connect shop|wecom|mp|kf --id ID --name NAME [--secret-file FILE|-] [--url URL] [--wait SECONDS] | connect status | file NAME",
         "connect a shop, a corp, 微信客服 accounts, an official account, step by step",
         "  shop|wecom|mp        begins the account, asks the platform whether the credentials are good, and prints what to paste\n"
         "                       there: URL, Token, EncodingAESKey. It is read-only until a person ends that in the console.\n"
         "  kf                   without --id: lists the corp's 微信客服 accounts; with it: connects that one\n"
         "  shopkf               in-shop 客服: what it needs, what stops with it, how far it is\n"
         "  status               how far each account is, and what is in its way; with --json for programs\n"
         "  proxy                has every call in the merchant's name leave by a proxy: its address (socks5://user:password@host:port) is\n"
         "                       read from --secret-file FILE or standard input; an empty one: by none\n"
         "  file NAME            serves WW_verify_….txt at the root; the content is read from --file FILE or standard input\n\n"
         "  --id ID              corp id (ww…), AppID (wx…) or open_kfid (wk…)\n"
         "  --name NAME          as you call it\n"
         "  --secret-file FILE   the Secret or AppSecret; - or nothing: read from standard input. Never on the command line.\n"
         "  --url URL            how the platform reaches this server (setting public-url)\n"
         "  --merchant ID        when there are several\n"
         "  --wait SECONDS       waits until the first call and the first callback have passed\n\n"
         "Exit status: 0 done (with --wait: connected), 1 refused, with the reason; 2 wrong usage.\n",
         true},
        {"demo", demo_main, "demo [--listen ADDR:PORT] [--data DIR] [--seed N] [--customers N]",
         "server and platform simulator with a living shop; nothing leaves this machine",
         "  --listen ADDR:PORT   of the console (127.0.0.1:8080)\n"
         "  --data DIR           keep the data there (a temporary folder, removed at the end)\n"
         "  --seed N             another population (1)\n"
         "  --customers N        how many customers the simulator knows\n"
         "  --population NAME    demo, or empty: nobody yet\n"
         "  --clock real|manual  manual: a test moves the clocks of server and simulator\n"
         "  --start MS           the simulator's first moment, ms since 1970\n"
         "When standard output is not a terminal, one JSON line is printed when everything is ready.\n",
         false},
        {"doctor", cmd_doctor, "doctor [--json] [--data DIR]", "look at everything that may be wrong, and say what to do",
         "Asks the server that works in the data folder or, when none runs, looks itself. With --json one line for programs:\n"
         "{\"healthy\":…,\"fail\":N,\"checks\":[{\"name\",\"level\",\"zh\",\"en\",\"fix_zh\",\"fix_en\",\"facts\"}]}.\n"
         "Exit status: 0 healthy, 1 only warnings, 2 something fails, 3 wrong usage.\n",
         true},
        {"erase", cmd_erase, "erase --person WHO [--merchant NUMBER] | --merchant NUMBER [--dry-run] [--yes] [--data DIR]",
         "forget a person, or all of a merchant; leaves a row of proof",
         "WHO is the person's number, an external_userid, an openid or a unionid. What would go is shown first, then asked.\n"
         "A person: what she wrote and was told, her names, ids and files go; her orders and cases stay for the books without her.\n"
         "The server may run. A merchant: everything goes, also the callbacks as received; the server must be stopped.\n"
         "  --dry-run   only show\n"
         "  --yes       do not ask\n",
         true},
        {"export", cmd_export, "export --person WHO [--merchant NUMBER] | --merchant NUMBER FOLDER [--data DIR]",
         "write all that is held of a person or a merchant as files a person can read",
         "FOLDER is made: a CSV file per table, pictures and files, the conversation, and README.txt, which says what is what.\n"
         "The server may run meanwhile; the files are of one moment.\n",
         true},
        {"init", cmd_init, "init --merchant NAME --login NAME [--data DIR]",
         "make the merchant and its owner; the password is read from standard input", NULL, true},
        {"merchant", cmd_merchant,
         "merchant list | create --name NAME --login NAME | limits NUMBER | suspend NUMBER --why TEXT | resume NUMBER",
         "host several merchants: make, limit, suspend them, see how they do",
         "  list                 all of them with their counts; --search TEXT: part of the name\n"
         "  create               a hosted merchant and its owner; the owner's password is read from standard input\n"
         "    --name NAME        of the merchant\n"
         "    --login NAME       of its owner; --person NAME: what people call him\n"
         "    --own              the merchant runs this program himself: nothing is withheld from him as hosted\n"
         "  limits NUMBER        changes what was agreed on; also taken by create\n"
         "    --accounts N       accounts at most, --staff N: people who may log in, --calls N: platform calls at once; 0 = any\n"
         "    --contact TEXT     whom the merchant is told to ask for more\n"
         "    --hosted yes|no    a provider runs the program for him\n"
         "  suspend NUMBER       nobody of it signs in, nothing leaves for the platform; callbacks are answered and kept\n"
         "    --why TEXT         for the list\n"
         "  resume NUMBER        goes on from there; messages of 微信客服 older than 3 days are gone at the platform\n\n"
         "  --json               one line for programs: {\"ok\":true,\"merchants\":[…]}\n\n"
         "Exit status: 0 done, 1 refused, with the reason; 2 wrong usage.\n",
         true},
        {"openapi", cmd_openapi, "openapi", "print the OpenAPI 3.1 description of every route", NULL, false},
        {"operator", cmd_operator, "operator add --login NAME [--name NAME] | disable --login NAME | list",
         "the people who host merchants from the console",
         "An operator belongs to no merchant and sees no merchant's data, only counts; he may act for a merchant for a reason and\n"
         "a time, with a supervisor's rights, and each change is in that merchant's audit log. The password is read from standard\n"
         "input. An installation with one merchant needs none.\n",
         true},
        {"rehearse", cmd_rehearse, "rehearse [--shop NUMBER] [--consults N] [--json] [--data DIR]",
         "play an evening of in-shop consults with your own people, before going live",
         "A simulator and a second server are started on a temporary folder; the shop, its data and the platform are not touched.\n"
         "Each push comes twice, the second server's power is cut in the middle, your people answer. What came of it is kept and\n"
         "shown on the page of going live.\n"
         "  --shop NUMBER   which shop (zhanggui connect status --json); needed when there are several\n"
         "  --consults N    how many buyers write, 2 to 100 (20)\n"
         "  --json          the report in one line\n\n"
         "Exit status: 0 passed, 1 failed, 2 wrong usage.\n",
         true},
        {"restore", cmd_restore, "restore FILE [--data DIR]", "make a data folder of a backup; the folder must be empty or missing",
         "The backup is checked first. Then: zhanggui serve --data DIR\n", true},
        {"serve", cmd_serve, "serve [--config FILE] [--SETTING VALUE ...]", "run the server",
         "The settings below, each in the file as \"name = value\", in the environment as ZHANGGUI_NAME,\n"
         "or as a flag --name VALUE; the later wins. An unknown or bad one is refused.\n",
         true},
        {"verify", cmd_verify, "verify FILE",
         "prove that a backup is of use: integrity, rows of every table, a message and an order read back", NULL, false},
        {"version", cmd_version, "version", "print the version", NULL, false},
};

const struct control_command cli_answers[] = {{"connect", answer_connect},   {"doctor", answer_doctor},     {"erase", answer_erase},
                                              {"init", answer_init},         {"merchant", answer_merchant}, {"rehearse", answer_rehearse},
                                              {0}};

static void help_all(FILE *f)
{
        fprintf(f, "Zhanggui (掌柜): customers, orders and after-sales of a WeChat shop on one desk.\n\nUsage:\n");
        for (size_t i = 0; i < countof(commands); i++)
                fprintf(f, "  zhanggui %-9s %s\n", commands[i].name, commands[i].summary);
        fprintf(f, "\n\"zhanggui COMMAND --help\" says more.\n");
}

static void help_one(const struct command *c)
{
        struct arena arena;
        struct text t;

        printf("Usage: zhanggui %s\n\n%s.\n", c->synopsis, c->summary);
        if (c->help)
                printf("\n%s", c->help);
        if (!c->settings)
                return;
        arena_init(&arena, 0);
        text_init(&t, &arena);
        setting_help(&t, &conf_table);
        printf("\nSettings:\n%s", t.p);
        arena_release(&arena);
}

static bool wants_help(int argc, char **argv)
{
        for (int i = 0; i < argc; i++)
                if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
                        return true;
        return false;
}

int main(int argc, char **argv)
{
        const char *name = argc > 1 ? argv[1] : "";

        if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
                help_all(stdout);
                return 0;
        }
        if (!strcmp(name, "--version"))
                name = "version";
        for (size_t i = 0; i < countof(commands); i++) {
                if (strcmp(commands[i].name, name))
                        continue;
                if (wants_help(argc - 2, argv + 2)) {
                        help_one(&commands[i]);
                        return 0;
                }
                return commands[i].fn(argc - 2, argv + 2);
        }
        if (*name)
                fprintf(stderr, "zhanggui: there is no command \"%s\"\n\n", name);
        help_all(stderr);
        return 2;
}
