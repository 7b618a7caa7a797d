-- T1: A small policy for the printed SQL
-- Version 2020-01-01, program 38e7d7bb6c981924402d97699dc968ca4a9dcd298ee759953bea2ebd7479cda3
-- Settings: effective_basis=service_date, strict=no
-- Dialect: DuckDB
--
-- It reads these tables, which you supply (what is not required may be null):
--   claim_lines
--     claim_id             TEXT            required
--     line_number          BIGINT          required
--     claim_form           TEXT            required
--     service_date         DATE            required
--     service_date_to      DATE
--     processed_date       DATE
--     type_of_bill         TEXT
--     revenue_code         TEXT
--     place_of_service     TEXT
--     procedure_code       TEXT
--     modifiers            TEXT
--     units                DECIMAL(38, 9)
--     charge               DECIMAL(38, 9)
--     ndc                  TEXT
--     ndc_quantity         DECIMAL(38, 9)
--     ndc_unit             TEXT
--     description          TEXT
--     rendering_provider   TEXT
--     prior_authorization  TEXT
--     diagnoses            TEXT
--     plan_id              TEXT
--     contract_id          TEXT
--     line_control         TEXT
--     payer_control        TEXT
--   claim_evidence
--     claim_id             TEXT            required
--     line_number          BIGINT
--     evidence             TEXT            required
--     value                TEXT            required
--     document             TEXT
--   clause_overrides
--     authority            TEXT            required
--     authority_id         TEXT            required
--     clause_id            TEXT            required
--     effect               TEXT            required
--     effective_from       DATE
--     effective_to         DATE
--     citation             TEXT
--
-- Every predicate of the rules is one table or view, named after it. Run the script from top to
--   bottom in a schema that has none of them yet. Facts of a claim line are views over
--   claim_lines, and a rule reads several facts of a line in one scan of it, so claim_id and
--   line_number have to distinguish its rows. Dates are text, as in 2018-09-18. No row occurs
--   twice in a table.

-- The codes and phrases of the policy's tables: drug, per_unit, words, bad_diagnosis
CREATE TABLE "policy_codes" (code_table TEXT, claim_column TEXT, first_code TEXT, last_code TEXT, value TEXT, amount DECIMAL(38, 9), document_lines TEXT);

INSERT INTO "policy_codes" VALUES
  ('drug', 'procedure', 'J0100', 'J9999', '', NULL, '4'),
  ('per_unit', 'procedure', 'J1200', 'J1200', '', 50, '5'),
  ('per_unit', 'procedure', 'J1642', 'J1642', '', 0.5, '6'),
  ('words', 'description', 'hep lock', 'hep lock', 'flush', NULL, ''),
  ('words', 'description', 'saline', 'saline', 'flush', NULL, ''),
  ('bad_diagnosis', 'diagnosis', 'T8030', 'T8039', '', NULL, '7');

-- processed_date/3: line {line} has processing date {date}
CREATE VIEW "processed_date" AS
SELECT
  claim_id AS "claim",
  CAST(line_number AS BIGINT) AS "line",
  CAST(processed_date AS TEXT) AS "date"
FROM claim_lines
WHERE
  NOT processed_date IS NULL;

-- modifier/3: line {line} carries modifier {modifier}
CREATE VIEW "modifier" AS
SELECT DISTINCT
  w.claim AS "claim",
  w.line AS "line",
  w.word AS "modifier"
FROM (
  SELECT DISTINCT
    l.claim_id AS claim,
    CAST(l.line_number AS BIGINT) AS line,
    w.word AS word
  FROM claim_lines AS l
  CROSS JOIN UNNEST(STR_SPLIT(l.modifiers, ' ')) AS w(word)
  WHERE
    w.word <> ''
) AS w;

-- diagnosis/3: the claim has diagnosis {code}
CREATE VIEW "diagnosis" AS
SELECT DISTINCT
  w.claim AS "claim",
  w.line AS "line",
  CASE
    WHEN STRPOS(w.word, ':') = 0
    THEN w.word
    ELSE SUBSTRING(w.word, 1, STRPOS(w.word, ':') - 1)
  END AS "code"
FROM (
  SELECT DISTINCT
    l.claim_id AS claim,
    CAST(l.line_number AS BIGINT) AS line,
    w.word AS word
  FROM claim_lines AS l
  CROSS JOIN UNNEST(STR_SPLIT(l.diagnoses, ' ')) AS w(word)
  WHERE
    w.word <> ''
) AS w;

-- evidence/4: on file for line {line}: {name} = {value}
CREATE VIEW "evidence" AS
SELECT DISTINCT
  l.claim_id AS "claim",
  CAST(l.line_number AS BIGINT) AS "line",
  e.evidence AS "name",
  e.value AS "value"
FROM claim_lines AS l
JOIN claim_evidence AS e
  ON e.claim_id = l.claim_id AND e.line_number = l.line_number
WHERE
  e.evidence IN ('kind')
UNION
SELECT DISTINCT
  l.claim_id AS "claim",
  CAST(l.line_number AS BIGINT) AS "line",
  e.evidence AS "name",
  e.value AS "value"
FROM claim_lines AS l
JOIN claim_evidence AS e
  ON e.claim_id = l.claim_id
WHERE
  (
    e.line_number IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM claim_evidence AS o
      WHERE
        o.claim_id = l.claim_id AND o.line_number = l.line_number AND o.evidence = e.evidence
    )
  )
  AND e.evidence IN ('kind');

-- evidence_number/4: on file for line {line}: {name} = {value}
CREATE VIEW "evidence_number" AS
SELECT DISTINCT
  l.claim_id AS "claim",
  CAST(l.line_number AS BIGINT) AS "line",
  e.evidence AS "name",
  CAST(e.value AS DECIMAL(38, 9)) AS "value"
FROM claim_lines AS l
JOIN claim_evidence AS e
  ON e.claim_id = l.claim_id AND e.line_number = l.line_number
WHERE
  e.evidence IN ('dose')
  AND NOT (
    STRPOS(e.value, '.') > 0 AND LENGTH(RTRIM(e.value, '0')) - STRPOS(e.value, '.') > 9
  )
UNION
SELECT DISTINCT
  l.claim_id AS "claim",
  CAST(l.line_number AS BIGINT) AS "line",
  e.evidence AS "name",
  CAST(e.value AS DECIMAL(38, 9)) AS "value"
FROM claim_lines AS l
JOIN claim_evidence AS e
  ON e.claim_id = l.claim_id
WHERE
  (
    e.line_number IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM claim_evidence AS o
      WHERE
        o.claim_id = l.claim_id AND o.line_number = l.line_number AND o.evidence = e.evidence
    )
  )
  AND e.evidence IN ('dose')
  AND NOT (
    STRPOS(e.value, '.') > 0 AND LENGTH(RTRIM(e.value, '0')) - STRPOS(e.value, '.') > 9
  );

-- code_in/2: {code} is in table {table}
CREATE TABLE "code_in" AS
SELECT DISTINCT
  v.code AS "code",
  r.code_table AS "table"
FROM (
  SELECT DISTINCT
    procedure_code AS code
  FROM claim_lines
  WHERE
    NOT procedure_code IS NULL
) AS v
JOIN policy_codes AS r
  ON LENGTH(v.code) = LENGTH(r.first_code) AND v.code >= r.first_code AND v.code <= r.last_code
WHERE
  r.claim_column = 'procedure'
UNION
SELECT DISTINCT
  v.code AS "code",
  r.code_table AS "table"
FROM (
  SELECT DISTINCT
    "code" AS code
  FROM "diagnosis"
) AS v
JOIN policy_codes AS r
  ON LENGTH(v.code) >= LENGTH(r.first_code)
  AND SUBSTRING(v.code, 1, LENGTH(r.first_code)) >= r.first_code
  AND SUBSTRING(v.code, 1, LENGTH(r.first_code)) <= r.last_code
WHERE
  r.claim_column = 'diagnosis';

-- code_amount/3: one unit of {code} is {amount} (table {table})
CREATE TABLE "code_amount" AS
SELECT DISTINCT
  v.code AS "code",
  r.code_table AS "table",
  r.amount AS "amount"
FROM (
  SELECT DISTINCT
    procedure_code AS code
  FROM claim_lines
  WHERE
    NOT procedure_code IS NULL
) AS v
JOIN policy_codes AS r
  ON LENGTH(v.code) = LENGTH(r.first_code) AND v.code >= r.first_code AND v.code <= r.last_code
WHERE
  r.claim_column = 'procedure' AND NOT r.amount IS NULL;

-- mentions/3: the description says {value} (table {table})
CREATE TABLE "mentions" AS
SELECT DISTINCT
  v.text AS "text",
  r.code_table AS "table",
  r.value AS "value"
FROM (
  SELECT
    d.description AS text,
    TRIM(
      REGEXP_REPLACE(
        LOWER(
          REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
          REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
          REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
            d.description,
            'ß', 'ss'), 'ẞ', 'ss'), 'ſ', 's'), 'K', 'k'), 'ﬀ', 'ff'), 'ﬁ', 'fi'), 'ﬂ', 'fl'),
            'ﬃ', 'ffi'), 'ﬄ', 'ffl'), 'ﬅ', 'st'), 'ﬆ', 'st'), 'İ', 'i '), 'ŉ', ' n'), 'ǰ', 'j '),
            'ẖ', 'h '), 'ẗ', 't '), 'ẘ', 'w '), 'ẙ', 'y '), 'ẚ', 'a ')
        ),
        '[^a-z0-9]+',
        ' ',
        'g'
      )
    ) AS words
  FROM (
    SELECT DISTINCT
      description
    FROM claim_lines
    WHERE
      description <> ''
  ) AS d
) AS v
JOIN policy_codes AS r
  ON STRPOS(' ' || v.words || ' ', ' ' || r.first_code || ' ') > 0
WHERE
  r.claim_column = 'description';

-- setting/2: the setting {name} is {value}
CREATE TABLE "setting" ("name" TEXT, "value" TEXT);

INSERT INTO "setting" VALUES
  ('effective_basis', 'service_date'),
  ('strict', 'no');

-- clause_from/2: clause {clause} is effective from {date}
CREATE TABLE "clause_from" ("clause" TEXT, "date" TEXT);

INSERT INTO "clause_from" VALUES
  ('T1-A', '2020-01-01'),
  ('T1-B', '2020-01-01');

-- override/6: {authority} {identifier} overrides clause {clause}: {effect}, from {from} to {to}
CREATE VIEW "override" AS
SELECT DISTINCT
  authority AS "authority",
  authority_id AS "identifier",
  clause_id AS "clause",
  effect AS "effect",
  COALESCE(CAST(effective_from AS TEXT), '0001-01-01') AS "from",
  COALESCE(CAST(effective_to AS TEXT), '9999-12-31') AS "to"
FROM clause_overrides;

-- excludes/3: line {line} is outside the policy ({clause})
CREATE TABLE "excludes" ("claim" TEXT, "line" DECIMAL(38, 9), "clause" TEXT);

-- lacks/4: line {line} lacks {name}, which {clause} asks for
CREATE TABLE "lacks" ("claim" TEXT, "line" DECIMAL(38, 9), "clause" TEXT, "name" TEXT);

-- overriding/2: {clause} lets a {authority} override a clause
CREATE TABLE "overriding" ("authority" TEXT, "clause" TEXT);

-- assumes/3: nothing on file tells {name} of line {line}
CREATE TABLE "assumes" ("claim" TEXT, "line" DECIMAL(38, 9), "name" TEXT);

-- in_scope/2: line {line} is within the policy
--   rules/determination.pl, row 16
--   in_scope(C, L) :- line(C, L), \+ excludes(C, L, _).
CREATE TABLE "in_scope" AS
SELECT DISTINCT
  t1.claim_id AS "claim",
  CAST(t1.line_number AS BIGINT) AS "line"
FROM claim_lines AS t1
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM "excludes" AS tn
    WHERE
      tn."claim" = t1.claim_id AND tn."line" = CAST(t1.line_number AS BIGINT)
  );

-- basis_date/3: the date that counts for line {line} is {date}
--   rules/determination.pl, rows 19, 20, 21
CREATE TABLE "basis_date" AS
--   rules/determination.pl, row 19
--   basis_date(C, L, D) :- setting(effective_basis, service_date), service_date(C, L, D).
SELECT
  t2.claim_id AS "claim",
  CAST(t2.line_number AS BIGINT) AS "line",
  CAST(t2.service_date AS TEXT) AS "date"
FROM "setting" AS t1
CROSS JOIN claim_lines AS t2
WHERE
  (
    t1."name" = 'effective_basis' AND t1."value" = 'service_date'
  )
  AND NOT t2.service_date IS NULL
UNION
--   rules/determination.pl, row 20
--   basis_date(C, L, D) :- setting(effective_basis, processed_date), processed_date(C, L, D).
SELECT
  t2.claim_id AS "claim",
  CAST(t2.line_number AS BIGINT) AS "line",
  CAST(t2.processed_date AS TEXT) AS "date"
FROM "setting" AS t1
CROSS JOIN claim_lines AS t2
WHERE
  (
    t1."name" = 'effective_basis' AND t1."value" = 'processed_date'
  )
  AND NOT t2.processed_date IS NULL
UNION
--   rules/determination.pl, row 21
--   basis_date(C, L, D) :- setting(effective_basis, processed_date), service_date(C, L, D), \+
--     processed_date(C, L, _).
SELECT
  t2.claim_id AS "claim",
  CAST(t2.line_number AS BIGINT) AS "line",
  CAST(t2.service_date AS TEXT) AS "date"
FROM "setting" AS t1
CROSS JOIN claim_lines AS t2
WHERE
  (
    t1."name" = 'effective_basis' AND t1."value" = 'processed_date'
  )
  AND NOT t2.service_date IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM "processed_date" AS tn
    WHERE
      tn."claim" = t2.claim_id AND tn."line" = CAST(t2.line_number AS BIGINT)
  );

-- plan_override/4: the plan of line {line} has an override of {clause} in force: {effect}
--   rules/determination.pl, row 27
--   plan_override(C, L, K, E) :- override(plan, P, K, E, From, To), plan(C, L, P), service_date(C,
--     L, D), From @=< D, D @=< To.
CREATE TABLE "plan_override" AS
SELECT DISTINCT
  t2.claim_id AS "claim",
  CAST(t2.line_number AS BIGINT) AS "line",
  t1."clause" AS "clause",
  t1."effect" AS "effect"
FROM "override" AS t1
JOIN claim_lines AS t2
  ON t2.plan_id = t1."identifier"
WHERE
  t1."authority" = 'plan'
  AND NOT t2.plan_id IS NULL
  AND t2.plan_id <> ''
  AND NOT t2.service_date IS NULL
  AND t1."from" <= CAST(t2.service_date AS TEXT)
  AND CAST(t2.service_date AS TEXT) <= t1."to";

-- contract_override/4: the contract of line {line} has an override of {clause} in force: {effect}
--   rules/determination.pl, row 30
--   contract_override(C, L, K, E) :- override(contract, P, K, E, From, To), contract(C, L, P),
--     service_date(C, L, D), From @=< D, D @=< To.
CREATE TABLE "contract_override" AS
SELECT DISTINCT
  t2.claim_id AS "claim",
  CAST(t2.line_number AS BIGINT) AS "line",
  t1."clause" AS "clause",
  t1."effect" AS "effect"
FROM "override" AS t1
JOIN claim_lines AS t2
  ON t2.contract_id = t1."identifier"
WHERE
  t1."authority" = 'contract'
  AND NOT t2.contract_id IS NULL
  AND t2.contract_id <> ''
  AND NOT t2.service_date IS NULL
  AND t1."from" <= CAST(t2.service_date AS TEXT)
  AND CAST(t2.service_date AS TEXT) <= t1."to";

-- waived/3: an override waives {clause} for line {line}
--   rules/determination.pl, rows 33, 34
CREATE TABLE "waived" AS
--   rules/determination.pl, row 33
--   waived(C, L, K) :- plan_override(C, L, K, waived).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."clause" AS "clause"
FROM "plan_override" AS t1
WHERE
  t1."effect" = 'waived'
UNION
--   rules/determination.pl, row 34
--   waived(C, L, K) :- contract_override(C, L, K, waived), \+ plan_override(C, L, K, _).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."clause" AS "clause"
FROM "contract_override" AS t1
WHERE
  t1."effect" = 'waived'
  AND NOT EXISTS(
    SELECT
      1
    FROM "plan_override" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."clause" = t1."clause"
  );

-- flush/2: line {line} is a flush, it isn't */ a drug
--   rules.pl, rows 5, 6
--   used by every clause
CREATE TABLE "flush" AS
--   rules.pl, row 5
--   flush(C, L) :- evidence(C, L, kind, flush).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "evidence" AS t1
WHERE
  t1."name" = 'kind' AND t1."value" = 'flush'
UNION
--   rules.pl, row 6
--   flush(C, L) :- description(C, L, T), mentions(T, words, flush), \+ modifier(C, L, 'JW').
SELECT
  t1.claim_id AS "claim",
  CAST(t1.line_number AS BIGINT) AS "line"
FROM claim_lines AS t1
JOIN "mentions" AS t2
  ON t2."text" = t1.description AND t2."table" = 'words' AND t2."value" = 'flush'
WHERE
  NOT t1.description IS NULL
  AND t1.description <> ''
  AND NOT EXISTS(
    SELECT
      1
    FROM "modifier" AS tn
    WHERE
      (
        tn."claim" = t1.claim_id AND tn."line" = CAST(t1.line_number AS BIGINT)
      )
      AND tn."modifier" = 'JW'
  );

-- drug/2: line {line} is a drug
--   rules.pl, row 2
--   drug(C, L) :- procedure(C, L, X), code_in(X, drug), \+ flush(C, L).
--   used by every clause
CREATE TABLE "drug" AS
SELECT DISTINCT
  t1.claim_id AS "claim",
  CAST(t1.line_number AS BIGINT) AS "line"
FROM claim_lines AS t1
JOIN "code_in" AS t2
  ON t2."code" = t1.procedure_code AND t2."table" = 'drug'
WHERE
  NOT t1.procedure_code IS NULL
  AND t1.procedure_code <> ''
  AND NOT EXISTS(
    SELECT
      1
    FROM "flush" AS tn
    WHERE
      tn."claim" = t1.claim_id AND tn."line" = CAST(t1.line_number AS BIGINT)
  );

-- addressed/2: the policy speaks of line {line}
--   rules.pl, row 8
--   addressed(C, L) :- drug(C, L).
CREATE TABLE "addressed" AS
SELECT DISTINCT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "drug" AS t1;

-- reduces/4: {clause} allows {units} units on line {line}
--   rules.pl, row 11, T1-B
--   reduces(C, L, 'T1-B', A) :- drug(C, L), evidence_number(C, L, dose, Dose), procedure(C, L, X),
--     code_amount(X, per_unit, Per), A is ceiling(Dose / Per), units(C, L, U), U > A.
CREATE TABLE "reduces" AS
SELECT DISTINCT
  t1."v_C" AS "claim",
  t1."v_L" AS "line",
  'T1-B' AS "clause",
  t1."v_A" AS "units"
FROM (
  SELECT
    t1."claim" AS "v_C",
    t1."line" AS "v_L",
    t2."value" AS "v_Dose",
    t3.procedure_code AS "v_X",
    t4."amount" AS "v_Per",
    CAST(CAST(CAST(t2."value" * SIGN(t4."amount") AS DECIMAL(38, 9)) * 1000000000 AS INT128) // CAST(NULLIF(ABS(t4."amount"), 0) * 1000000000 AS INT128) + CASE
      WHEN CAST(CAST(t2."value" * SIGN(t4."amount") AS DECIMAL(38, 9)) * 1000000000 AS INT128) % CAST(NULLIF(ABS(t4."amount"), 0) * 1000000000 AS INT128) > 0
      THEN 1
      ELSE 0
    END AS DECIMAL(38, 9)) AS "v_A"
  FROM "drug" AS t1
  JOIN "evidence_number" AS t2
    ON t2."claim" = t1."claim" AND t2."line" = t1."line" AND t2."name" = 'dose'
  JOIN claim_lines AS t3
    ON t3.claim_id = t1."claim" AND CAST(t3.line_number AS BIGINT) = t1."line"
  JOIN "code_amount" AS t4
    ON t4."code" = t3.procedure_code AND t4."table" = 'per_unit'
  WHERE
    NOT t3.procedure_code IS NULL AND t3.procedure_code <> ''
) AS t1
JOIN claim_lines AS t2
  ON t2.claim_id = t1."v_C" AND CAST(t2.line_number AS BIGINT) = t1."v_L"
WHERE
  NOT t1."v_A" IS NULL
  AND NOT t2.units IS NULL
  AND CAST(t2.units AS DECIMAL(38, 9)) > t1."v_A";

-- applies/4: the condition of {clause} holds for line {line}
--   rules/determination.pl, rows 39, 40
--   rules.pl, row 10
--   clauses T1-A
CREATE TABLE "applies" AS
--   rules/determination.pl, row 39
--   applies(C, L, K, reduced) :- reduces(C, L, K, _).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."clause" AS "clause",
  'reduced' AS "effect"
FROM "reduces" AS t1
UNION
--   rules/determination.pl, row 40
--   applies(C, L, K, pended) :- lacks(C, L, K, _).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."clause" AS "clause",
  'pended' AS "effect"
FROM "lacks" AS t1
UNION
--   rules.pl, row 10, T1-A
--   applies(C, L, 'T1-A', denied) :- drug(C, L), diagnosis(C, L, D), code_in(D, bad_diagnosis).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  'T1-A' AS "clause",
  'denied' AS "effect"
FROM "drug" AS t1
JOIN "diagnosis" AS t2
  ON t2."claim" = t1."claim" AND t2."line" = t1."line"
JOIN "code_in" AS t3
  ON t3."code" = t2."code" AND t3."table" = 'bad_diagnosis';

-- cites/4: line {line} is {effect} under {clause}
--   rules/determination.pl, rows 43, 44, 45, 46
CREATE TABLE "cites" AS
--   rules/determination.pl, row 43
--   cites(C, L, K, scope) :- excludes(C, L, K).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."clause" AS "clause",
  'scope' AS "effect"
FROM "excludes" AS t1
UNION
--   rules/determination.pl, row 44
--   cites(C, L, K, E) :- applies(C, L, K, E), counts(C, L, K).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."clause" AS "clause",
  t1."effect" AS "effect"
FROM "applies" AS t1
JOIN "in_scope" AS t2
  ON t2."claim" = t1."claim" AND t2."line" = t1."line"
JOIN "basis_date" AS t3
  ON t3."claim" = t1."claim" AND t3."line" = t1."line"
JOIN "clause_from" AS t4
  ON t4."clause" = t1."clause"
WHERE
  t4."date" <= t3."date"
  AND NOT EXISTS(
    SELECT
      1
    FROM "waived" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."clause" = t1."clause"
  )
UNION
--   rules/determination.pl, row 45
--   cites(C, L, S, override) :- plan_override(C, L, K, _), overriding(plan, S), applies(C, L, K,
--     _), in_force(C, L, K).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t2."clause" AS "clause",
  'override' AS "effect"
FROM "plan_override" AS t1
JOIN "overriding" AS t2
  ON t2."authority" = 'plan'
JOIN "applies" AS t3
  ON t3."claim" = t1."claim" AND t3."line" = t1."line" AND t3."clause" = t1."clause"
JOIN "in_scope" AS t4
  ON t4."claim" = t1."claim" AND t4."line" = t1."line"
JOIN "basis_date" AS t5
  ON t5."claim" = t1."claim" AND t5."line" = t1."line"
JOIN "clause_from" AS t6
  ON t6."clause" = t1."clause"
WHERE
  t6."date" <= t5."date"
UNION
--   rules/determination.pl, row 46
--   cites(C, L, S, override) :- contract_override(C, L, K, _), overriding(contract, S), applies(C,
--     L, K, _), in_force(C, L, K), \+ plan_override(C, L, K, _).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t2."clause" AS "clause",
  'override' AS "effect"
FROM "contract_override" AS t1
JOIN "overriding" AS t2
  ON t2."authority" = 'contract'
JOIN "applies" AS t3
  ON t3."claim" = t1."claim" AND t3."line" = t1."line" AND t3."clause" = t1."clause"
JOIN "in_scope" AS t4
  ON t4."claim" = t1."claim" AND t4."line" = t1."line"
JOIN "basis_date" AS t5
  ON t5."claim" = t1."claim" AND t5."line" = t1."line"
JOIN "clause_from" AS t6
  ON t6."clause" = t1."clause"
WHERE
  t6."date" <= t5."date"
  AND NOT EXISTS(
    SELECT
      1
    FROM "plan_override" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."clause" = t1."clause"
  );

-- has_effect/3: a clause with effect {effect} is cited on line {line}
--   rules/determination.pl, row 58
--   has_effect(C, L, E) :- cites(C, L, _, E).
CREATE TABLE "has_effect" AS
SELECT DISTINCT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."effect" AS "effect"
FROM "cites" AS t1;

-- adverse/2: a clause keeps line {line} from full payment
--   rules/determination.pl, rows 61, 62, 63, 64
CREATE TABLE "adverse" AS
--   rules/determination.pl, row 61
--   adverse(C, L) :- has_effect(C, L, denied).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'denied'
UNION
--   rules/determination.pl, row 62
--   adverse(C, L) :- has_effect(C, L, bundled).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'bundled'
UNION
--   rules/determination.pl, row 63
--   adverse(C, L) :- has_effect(C, L, reduced).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'reduced'
UNION
--   rules/determination.pl, row 64
--   adverse(C, L) :- has_effect(C, L, pended).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'pended';

-- spoken_of/2: the policy addresses line {line}
--   rules/determination.pl, rows 67, 68
CREATE TABLE "spoken_of" AS
--   rules/determination.pl, row 67
--   spoken_of(C, L) :- in_scope(C, L), addressed(C, L).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "in_scope" AS t1
JOIN "addressed" AS t2
  ON t2."claim" = t1."claim" AND t2."line" = t1."line"
UNION
--   rules/determination.pl, row 68
--   spoken_of(C, L) :- has_effect(C, L, E), E \= scope.
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line"
FROM "has_effect" AS t1
WHERE
  t1."effect" <> 'scope';

-- assumption/3: {name} of line {line} is assumed in its favour
--   rules/determination.pl, row 71
--   assumption(C, L, N) :- assumes(C, L, N), \+ adverse(C, L), spoken_of(C, L).
CREATE TABLE "assumption" AS
SELECT DISTINCT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."name" AS "name"
FROM "assumes" AS t1
JOIN "spoken_of" AS t2
  ON t2."claim" = t1."claim" AND t2."line" = t1."line"
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM "adverse" AS tn
    WHERE
      tn."claim" = t1."claim" AND tn."line" = t1."line"
  );

-- awaits_evidence/2: line {line} waits for evidence, as asked by the strict setting
--   rules/determination.pl, row 74
--   awaits_evidence(C, L) :- setting(strict, yes), assumption(C, L, _).
CREATE TABLE "awaits_evidence" AS
SELECT DISTINCT
  t2."claim" AS "claim",
  t2."line" AS "line"
FROM "setting" AS t1
CROSS JOIN "assumption" AS t2
WHERE
  t1."name" = 'strict' AND t1."value" = 'yes';

-- outcome/3: the outcome of line {line} is {outcome}
--   rules/determination.pl, rows 77, 78, 79, 80, 81, 82, 83
CREATE TABLE "outcome" AS
--   rules/determination.pl, row 77
--   outcome(C, L, denied) :- has_effect(C, L, denied).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  'denied' AS "outcome"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'denied'
UNION
--   rules/determination.pl, row 78
--   outcome(C, L, bundled) :- has_effect(C, L, bundled), \+ has_effect(C, L, denied).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  'bundled' AS "outcome"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'bundled'
  AND NOT EXISTS(
    SELECT
      1
    FROM "has_effect" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."effect" = 'denied'
  )
UNION
--   rules/determination.pl, row 79
--   outcome(C, L, reduced) :- has_effect(C, L, reduced), \+ has_effect(C, L, denied), \+
--     has_effect(C, L, bundled).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  'reduced' AS "outcome"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'reduced'
  AND NOT EXISTS(
    SELECT
      1
    FROM "has_effect" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."effect" = 'denied'
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM "has_effect" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."effect" = 'bundled'
  )
UNION
--   rules/determination.pl, row 80
--   outcome(C, L, pended) :- has_effect(C, L, pended), \+ has_effect(C, L, denied), \+
--     has_effect(C, L, bundled), \+ has_effect(C, L, reduced).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  'pended' AS "outcome"
FROM "has_effect" AS t1
WHERE
  t1."effect" = 'pended'
  AND NOT EXISTS(
    SELECT
      1
    FROM "has_effect" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."effect" = 'denied'
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM "has_effect" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."effect" = 'bundled'
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM "has_effect" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."effect" = 'reduced'
  )
UNION
--   rules/determination.pl, row 81
--   outcome(C, L, pended) :- awaits_evidence(C, L).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  'pended' AS "outcome"
FROM "awaits_evidence" AS t1
UNION
--   rules/determination.pl, row 82
--   outcome(C, L, reimbursable) :- spoken_of(C, L), \+ adverse(C, L), \+ awaits_evidence(C, L).
SELECT
  t1."claim" AS "claim",
  t1."line" AS "line",
  'reimbursable' AS "outcome"
FROM "spoken_of" AS t1
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM "adverse" AS tn
    WHERE
      tn."claim" = t1."claim" AND tn."line" = t1."line"
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM "awaits_evidence" AS tn
    WHERE
      tn."claim" = t1."claim" AND tn."line" = t1."line"
  )
UNION
--   rules/determination.pl, row 83
--   outcome(C, L, not_addressed) :- line(C, L), \+ adverse(C, L), \+ spoken_of(C, L).
SELECT
  t1.claim_id AS "claim",
  CAST(t1.line_number AS BIGINT) AS "line",
  'not_addressed' AS "outcome"
FROM claim_lines AS t1
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM "adverse" AS tn
    WHERE
      tn."claim" = t1.claim_id AND tn."line" = CAST(t1.line_number AS BIGINT)
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM "spoken_of" AS tn
    WHERE
      tn."claim" = t1.claim_id AND tn."line" = CAST(t1.line_number AS BIGINT)
  );

-- reduction/4: {clause} reduces line {line} to {units} units
--   rules/determination.pl, row 86
--   reduction(C, L, K, U) :- reduces(C, L, K, U), counts(C, L, K).
CREATE TABLE "reduction" AS
SELECT DISTINCT
  t1."claim" AS "claim",
  t1."line" AS "line",
  t1."clause" AS "clause",
  t1."units" AS "units"
FROM "reduces" AS t1
JOIN "in_scope" AS t2
  ON t2."claim" = t1."claim" AND t2."line" = t1."line"
JOIN "basis_date" AS t3
  ON t3."claim" = t1."claim" AND t3."line" = t1."line"
JOIN "clause_from" AS t4
  ON t4."clause" = t1."clause"
WHERE
  t4."date" <= t3."date"
  AND NOT EXISTS(
    SELECT
      1
    FROM "waived" AS tn
    WHERE
      (
        tn."claim" = t1."claim" AND tn."line" = t1."line"
      ) AND tn."clause" = t1."clause"
  );

-- allowed/3: line {line} is allowed {units} units
--   rules/determination.pl, row 89
--   allowed(C, L, U) :- outcome(C, L, reduced), aggregate_all(min(A), reduction(C, L, _, A), U).
CREATE TABLE "allowed" AS
SELECT DISTINCT
  t1."claim" AS "claim",
  t1."line" AS "line",
  CAST(t2."result" AS DECIMAL(38, 9)) AS "units"
FROM "outcome" AS t1
JOIN (
  SELECT
    g."v_C",
    g."v_L",
    MIN(g."value") AS "result"
  FROM (
    SELECT DISTINCT
      tg1."claim" AS "v_C",
      tg1."line" AS "v_L",
      tg1."clause" AS "v__1",
      tg1."units" AS "v_A",
      tg1."units" AS "value"
    FROM "reduction" AS tg1
  ) AS g
  GROUP BY
    g."v_C",
    g."v_L"
) AS t2
  ON t2."v_C" = t1."claim" AND t2."v_L" = t1."line"
WHERE
  t1."outcome" = 'reduced';

-- day_before/3: line {other} is of an earlier day
--   rules.pl, rows 14, 15
CREATE TABLE "day_before" AS
WITH RECURSIVE "day_before so far"("claim", "line", "other") AS (
  SELECT DISTINCT
    t1.claim_id AS "claim",
    CAST(t1.line_number AS BIGINT) AS "line",
    CAST(t2.line_number AS BIGINT) AS "other"
  FROM claim_lines AS t1
  JOIN claim_lines AS t2
    ON t2.claim_id = t1.claim_id
  WHERE
    NOT t1.service_date IS NULL
    AND NOT t2.service_date IS NULL
    AND CAST(t2.service_date AS TEXT) < CAST(t1.service_date AS TEXT)
  UNION
  SELECT
    t1."claim" AS "claim",
    t1."line" AS "line",
    CAST(t3.line_number AS BIGINT) AS "other"
  FROM "day_before so far" AS t1
  JOIN claim_lines AS t2
    ON t2.claim_id = t1."claim" AND CAST(t2.line_number AS BIGINT) = t1."other"
  JOIN claim_lines AS t3
    ON t3.claim_id = t1."claim"
  WHERE
    NOT t2.service_date IS NULL
    AND NOT t3.service_date IS NULL
    AND CAST(t3.service_date AS TEXT) < CAST(t2.service_date AS TEXT)
)
SELECT
  *
FROM "day_before so far";

-- earlier/3: {count} lines are of earlier days
--   rules.pl, row 18
--   earlier(C, L, N) :- line(C, L), aggregate_all(count, day_before(C, L, _), N).
CREATE TABLE "earlier" AS
SELECT DISTINCT
  t1.claim_id AS "claim",
  CAST(t1.line_number AS BIGINT) AS "line",
  CAST(COALESCE(t2."result", 0) AS DECIMAL(38, 9)) AS "count"
FROM claim_lines AS t1
LEFT JOIN (
  SELECT
    g."v_C",
    g."v_L",
    COUNT(*) AS "result"
  FROM (
    SELECT DISTINCT
      tg1."claim" AS "v_C",
      tg1."line" AS "v_L",
      tg1."other" AS "v__1"
    FROM "day_before" AS tg1
  ) AS g
  GROUP BY
    g."v_C",
    g."v_L"
) AS t2
  ON t2."v_C" = t1.claim_id AND t2."v_L" = CAST(t1.line_number AS BIGINT);

-- Predicates that miss a row because a number of it divides by zero or has more than nine digits
--   behind its point. It has to be empty: what rests on such a predicate is not to be used.
CREATE VIEW "number_faults" AS
SELECT DISTINCT
  'evidence_number' AS "predicate"
FROM (
  SELECT
    1 AS one
  FROM claim_evidence AS e
  WHERE
    e.evidence IN ('dose')
    AND (
      STRPOS(e.value, '.') > 0 AND LENGTH(RTRIM(e.value, '0')) - STRPOS(e.value, '.') > 9
    )
) AS doubt
UNION
SELECT DISTINCT
  'reduces' AS "predicate"
FROM (
  SELECT
    1 AS one
  FROM (
    SELECT
      t1."claim" AS "v_C",
      t1."line" AS "v_L",
      t2."value" AS "v_Dose",
      t3.procedure_code AS "v_X",
      t4."amount" AS "v_Per",
      CAST(CAST(CAST(t2."value" * SIGN(t4."amount") AS DECIMAL(38, 9)) * 1000000000 AS INT128) // CAST(NULLIF(ABS(t4."amount"), 0) * 1000000000 AS INT128) + CASE
        WHEN CAST(CAST(t2."value" * SIGN(t4."amount") AS DECIMAL(38, 9)) * 1000000000 AS INT128) % CAST(NULLIF(ABS(t4."amount"), 0) * 1000000000 AS INT128) > 0
        THEN 1
        ELSE 0
      END AS DECIMAL(38, 9)) AS "v_A"
    FROM "drug" AS t1
    JOIN "evidence_number" AS t2
      ON t2."claim" = t1."claim" AND t2."line" = t1."line" AND t2."name" = 'dose'
    JOIN claim_lines AS t3
      ON t3.claim_id = t1."claim" AND CAST(t3.line_number AS BIGINT) = t1."line"
    JOIN "code_amount" AS t4
      ON t4."code" = t3.procedure_code AND t4."table" = 'per_unit'
    WHERE
      NOT t3.procedure_code IS NULL AND t3.procedure_code <> ''
  ) AS t1
  WHERE
    t1."v_A" IS NULL
) AS doubt;
