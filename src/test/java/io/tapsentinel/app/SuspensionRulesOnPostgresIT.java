package io.tapsentinel.app;

import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same tests on PostgreSQL. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class SuspensionRulesOnPostgresIT extends SuspensionRulesIT {}
