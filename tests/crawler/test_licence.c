/* Licences by the phrases of their texts. The texts here hold what tells a licence and no more. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "crawler/crawler.h"

static const struct {
    const char *text, *spdx;
} cases[] = {
    {"MIT License\n\nCopyright (c) 2020 A\n\nPermission is hereby granted, free of charge, to any "
     "person obtaining a copy ... The above copyright notice and this permission notice shall be "
     "included in all\ncopies or ...",
     "MIT"},
    {"PERMISSION IS HEREBY GRANTED,\n# FREE OF CHARGE, TO ANY PERSON   OBTAINING A COPY ...\n"
     "# this permission notice shall be included in all copies",
     "MIT"},
    {"Permission is hereby granted, free of charge, to any person obtaining a copy", "MIT-0"},
    {"Permission is hereby granted, free of charge, to any person obtaining a copy. This "
     "permission "
     "notice shall be included in all copies. Except as contained in this notice, the name of X",
     "X11"},
    {"Permission to use, copy, modify, and/or distribute this software for any purpose with or "
     "without fee is hereby granted, provided that the above copyright notice and this permission "
     "notice appear in all copies.",
     "ISC"},
    {"Permission to use, copy, modify, and/or distribute this software for any purpose with or "
     "without fee is hereby granted.",
     "0BSD"},
    {"Redistribution and use in source and binary forms, with or without modification, are "
     "permitted. Redistributions in binary form must reproduce the above copyright notice",
     "BSD-2-Clause"},
    {"Redistribution and use in source and binary forms, with or without modification, are "
     "permitted. Redistributions in binary form must reproduce the above copyright notice. Neither "
     "the name of A nor B may be used to endorse or promote products derived from this",
     "BSD-3-Clause"},
    {"                                 Apache License\n                           Version 2.0, "
     "January 2004",
     "Apache-2.0"},
    {"Business Source License 1.1\nChange License: Apache License, Version 2.0", "BUSL-1.1"},
    {"Mozilla Public License Version 2.0", "MPL-2.0"},
    {"GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007 ... under version 3 of the GNU Affero "
     "General Public License",
     "GPL-3.0-only"},
    {"GNU LESSER GENERAL PUBLIC LICENSE Version 3, 29 June 2007 ... GNU General Public License",
     "LGPL-3.0-only"},
    {"GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19 November 2007", "AGPL-3.0-only"},
    {"This is free and unencumbered software released into the public domain.", "Unlicense"},
    {"Dual: Apache License Version 2.0\n---\nPermission is hereby granted, free of charge, to any "
     "person obtaining a copy; this permission notice shall be included in all copies",
     "MIT AND Apache-2.0"},
    {"This project is under the MIT license.", "MIT"},
    {"This package is licensed under the MPL 2.0. See LICENSE-MPL.", "MPL-2.0"},
    {"All rights reserved.", "NOASSERTION"},
    {"", "NOASSERTION"},
    /* Words must be whole. */
    {"xMozilla Public License Version 2.0x", "NOASSERTION"},
    {"Mozilla Public License Version 2.05", "NOASSERTION"},
};

static void test_texts(void **state)
{
    (void)state;
    char spdx[LICENCE_BYTES_MAX];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        licence_decide(sv_from(cases[i].text), spdx);
        if (strcmp(spdx, cases[i].spdx) != 0)
            fail_msg("%s instead of %s: %s", spdx, cases[i].spdx, cases[i].text);
    }
}

static void test_hostile_texts(void **state)
{
    (void)state;
    char spdx[LICENCE_BYTES_MAX];
    buf text = {0};
    licence_decide(SV("MIT license\0of something else"), spdx);
    assert_string_equal(spdx, "NOASSERTION");
    /* A name alone counts only where there is little else. */
    for (int i = 0; i < 200; i++) buf_add_c(&text, "word ");
    buf_add_c(&text, "MIT license");
    licence_decide(buf_sv(&text), spdx);
    assert_string_equal(spdx, "NOASSERTION");
    /* All of them at once fit the room there is for the answer, as far as they go. */
    buf_clear(&text);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) buf_add_c(&text, cases[i].text);
    licence_decide(buf_sv(&text), spdx);
    assert_true(strlen(spdx) < LICENCE_BYTES_MAX);
    assert_non_null(strstr(spdx, " AND "));
    buf_clear(&text);
    while (text.size < (1 << 20)) buf_add_c(&text, "a\xff ");
    licence_decide(buf_sv(&text), spdx);
    assert_string_equal(spdx, "NOASSERTION");
    buf_release(&text);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const yes[] = {"LICENSE",         "license.md",      "LICENCE.txt",
                                      "COPYING",         "apps/a/LICENSE",  "UNLICENSE",
                                      "LICENSE-APACHE2", "LICENSES/MIT.txt"};
    static const char *const no[] = {
        "lib/license.ex",     "a/b/c/LICENSE",    "README.md", "MIT.txt",
        "a/LICENSES/MIT.txt", "license/mix.lock", ""};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        if (!licence_is_file(sv_from(yes[i]))) fail_msg("%s", yes[i]);
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (licence_is_file(sv_from(no[i]))) fail_msg("%s", no[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("licence", tests, NULL, NULL);
}
