-- What people say of findings. Labels are kept by what a finding is (rule, repository, fingerprint)
-- and not by its row: analysing a repository anew replaces the rows.

CREATE TABLE audit_sample (
    id uuid NOT NULL,
    rule text NOT NULL,
    seed bigint NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    stratum text NOT NULL,
    repository text NOT NULL,
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$'),
    PRIMARY KEY (id)
);
CREATE INDEX audit_sample_fingerprint_ix ON audit_sample (fingerprint);

CREATE TABLE audit_label (
    id uuid NOT NULL,
    rule text NOT NULL,
    rule_version integer CHECK (rule_version >= 1),
    repository text NOT NULL,
    commit text NOT NULL,
    path text NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$'),
    annotator text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('right', 'wrong', 'by design', 'unsure')),
    reason text NOT NULL,
    labelled_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX audit_label_fingerprint_ix ON audit_label (fingerprint);
CREATE INDEX audit_label_rule_ix ON audit_label (rule);

-- One finding counts once however many people read it: right when more of them say so than say
-- otherwise. Who is unsure does not count.
CREATE VIEW stats.judged AS
    SELECT rule, repository, fingerprint,
           count(*) FILTER (WHERE verdict = 'right') * 2 > count(*) AS is_right,
           count(*) FILTER (WHERE verdict = 'right') * 2 <= count(*)
               AND count(*) FILTER (WHERE verdict = 'by design')
                   > count(*) FILTER (WHERE verdict = 'wrong') AS is_by_design
    FROM audit_label
    WHERE verdict <> 'unsure'
    GROUP BY rule, repository, fingerprint;
COMMENT ON VIEW stats.judged IS
    'Findings that were read, with the verdict of most readers; a draw goes against the rule';

-- J. Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20 (1960), for each
-- pair of annotators over what both read.
CREATE VIEW stats.agreement AS
    WITH pair AS (
        SELECT a.rule, a.annotator AS first, b.annotator AS second, a.verdict AS said,
               b.verdict AS other_said
        FROM audit_label a
        JOIN audit_label b USING (rule, repository, fingerprint)
        WHERE a.annotator < b.annotator
    ), total AS (
        SELECT rule, first, second, count(*) AS shared,
               count(*) FILTER (WHERE said = other_said) AS agreed
        FROM pair GROUP BY rule, first, second
    ), chance AS (
        SELECT t.rule, t.first, t.second,
               sum((SELECT count(*) FROM pair p WHERE p.rule = t.rule AND p.first = t.first
                    AND p.second = t.second AND p.said = v.verdict)
                   * (SELECT count(*) FROM pair p WHERE p.rule = t.rule AND p.first = t.first
                      AND p.second = t.second AND p.other_said = v.verdict)) AS products
        FROM total t
        CROSS JOIN (VALUES ('right'), ('wrong'), ('by design'), ('unsure')) AS v (verdict)
        GROUP BY t.rule, t.first, t.second
    )
    SELECT t.rule, t.first, t.second, t.shared, t.agreed,
           CASE WHEN c.products < t.shared * t.shared
                THEN (t.agreed::float8 / t.shared - c.products::float8 / (t.shared * t.shared))
                     / (1 - c.products::float8 / (t.shared * t.shared)) END AS kappa
    FROM total t JOIN chance c USING (rule, first, second);
COMMENT ON VIEW stats.agreement IS
    'Cohen''s kappa of each pair of annotators, by rule; null where both gave one same verdict only';

CREATE VIEW stats.precision AS
    SELECT u.name AS rule, u.family, count(j.rule) AS read,
           count(*) FILTER (WHERE j.is_right) AS correct,
           count(*) FILTER (WHERE j.is_by_design) AS by_design,
           count(*) FILTER (WHERE NOT j.is_right AND NOT j.is_by_design) AS wrong,
           round(100.0 * count(*) FILTER (WHERE j.is_right) / nullif(count(j.rule), 0), 1)
               AS percent,
           round((100 * wilson_low(count(*) FILTER (WHERE j.is_right), count(j.rule)))::numeric, 1)
               AS low,
           round((100 * wilson_high(count(*) FILTER (WHERE j.is_right), count(j.rule)))::numeric, 1)
               AS high,
           (SELECT round((sum(a.kappa * a.shared) / sum(a.shared))::numeric, 2)
            FROM stats.agreement a WHERE a.rule = u.name AND a.kappa IS NOT NULL) AS kappa,
           CASE WHEN count(j.rule) = 0 THEN 'unmeasured'
                ELSE format('%s %% (%s to %s, %s read)',
                            round(100.0 * count(*) FILTER (WHERE j.is_right) / count(j.rule)),
                            round((100 * wilson_low(count(*) FILTER (WHERE j.is_right),
                                                    count(j.rule)))::numeric),
                            round((100 * wilson_high(count(*) FILTER (WHERE j.is_right),
                                                     count(j.rule)))::numeric),
                            count(j.rule)) END AS precision
    FROM (SELECT DISTINCT ON (name) name, family FROM rule ORDER BY name, version DESC) u
    LEFT JOIN stats.judged j ON j.rule = u.name
    GROUP BY u.name, u.family;
COMMENT ON VIEW stats.precision IS
    'Share of read findings of each rule that were right, with 95 % Wilson interval and kappa, the mean over pairs of annotators weighted by what both read; precision: the same in words, unmeasured without labels';
