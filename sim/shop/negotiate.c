#include "sim/shop/negotiate.h"

enum { REFUND = 1, RETURN = 2 };
enum { CANCEL = 1, PROVE = 2, CHANGE = 3 };

static const struct negotiation rows[] = {
        {6, REFUND, CHANGE, true},   {7, REFUND, PROVE, true},    {8, RETURN, CHANGE, false, REFUND},
        {9, REFUND, CANCEL, true},   {10, REFUND, CHANGE, true},  {11, RETURN, CHANGE, true},
        {13, RETURN, CANCEL, true},  {14, RETURN, CHANGE, true},  {21, RETURN, CHANGE, true},
        {29, RETURN, PROVE, true},   {30, RETURN, PROVE, true},   {31, RETURN, PROVE, true},
        {32, RETURN, PROVE, true},   {44, REFUND, CANCEL, true},  {45, RETURN, CANCEL, true},
        {46, RETURN, CANCEL, true},  {47, REFUND, PROVE, false},  {48, RETURN, PROVE, true},
        {49, RETURN, PROVE, true},   {50, REFUND, PROVE, false},  {51, REFUND, PROVE, true},
        {52, REFUND, CANCEL, false}, {53, RETURN, PROVE, false},  {54, RETURN, PROVE, false},
        {55, RETURN, PROVE, true},   {56, RETURN, CANCEL, false}, {57, REFUND, PROVE, false},
        {58, RETURN, PROVE, false},  {59, REFUND, CANCEL, true},  {63, RETURN, CHANGE, false, REFUND},
        {64, RETURN, CHANGE, false, REFUND}, {65, RETURN, CANCEL, true}, {66, REFUND, PROVE, true, RETURN},
        {67, RETURN, CANCEL, true},  {68, RETURN, CANCEL, true},  {69, REFUND, CANCEL, true},
};

const struct negotiation *negotiation_find(int reason, int of)
{
        for (size_t i = 0; i < countof(rows); i++)
                if (rows[i].reason == reason && rows[i].of == of)
                        return &rows[i];
        return NULL;
}
