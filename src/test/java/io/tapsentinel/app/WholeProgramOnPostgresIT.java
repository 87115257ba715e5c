package io.tapsentinel.app;

import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole program on PostgreSQL, where Quartz keeps its triggers in the store, too. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class WholeProgramOnPostgresIT extends WholeProgramIT {}
