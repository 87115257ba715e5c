package io.tapsentinel.app;

import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same tests on PostgreSQL, where Quartz also keeps its triggers in the store. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class WholeProgramOnPostgresIT extends WholeProgramIT {}
