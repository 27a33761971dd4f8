/* Reading findings against the source: what `lode audit` and its verbs share. */
#ifndef LODE_CLI_AUDIT_H
#define LODE_CLI_AUDIT_H

#include "cli/cli.h"

/* What one person says of one finding. Texts are borrowed. */
typedef struct {
    sv rule, repository, commit, path, fingerprint, annotator, verdict, reason;
    int64_t line;
    int64_t rule_version; /* 0: not known */
} audit_label;

/* "right" and so on by key; NULL: no verdict. */
const char *audit_verdict_of_key(char key);
bool audit_verdict_is_known(sv verdict);
/* Writes the label; what the same annotator said of the same finding before is replaced. ERR_DB. */
bool audit_label_store(db *conn, const audit_label *label, error *err);

/* --annotator, $USER or the name of the user; never empty. */
const char *audit_annotator(const cli_args *args);

/* The verbs; each returns the exit status. */
int audit_read(const cli_args *args, db *conn);
int audit_import(const cli_args *args, db *conn);
int audit_export(const cli_args *args, db *conn);

#endif
